#include "engine/render/render_verification.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/render/paint.h"

namespace mesh {
namespace {

std::string column_of(const VerifiedCluster& cluster) {
  return fmt::format("{} ({})", printable(cluster.name), cluster.version);
}

const VerifiedPath* path_of(const Verification& verification, const std::string& from, const std::string& to) {
  for (const VerifiedPath& path : verification.paths) {
    if (path.from == from && path.to == to) return &path;
  }
  return nullptr;
}

std::string matrix_of(const Verification& verification, const Paint& paint) {
  constexpr std::string_view corner = "answers to";
  std::size_t first = corner.size();
  for (const VerifiedCluster& one : verification.clusters) first = std::max(first, printable(one.name).size());
  std::string text = fmt::format("{:<{}}", corner, first);
  for (const VerifiedCluster& to : verification.clusters) text += "  " + column_of(to);
  text = paint(Ink::bold, text) + "\n";
  for (const VerifiedCluster& from : verification.clusters) {
    text += fmt::format("{:<{}}", printable(from.name), first);
    for (const VerifiedCluster& to : verification.clusters) {
      const VerifiedPath* path = path_of(verification, from.name, to.name);
      const bool silent = path == nullptr || (path->answers == 0 && !path->expected);
      const std::string cell =
          fmt::format("  {:>{}}", silent ? std::string("-") : std::to_string(path->answers), column_of(to).size());
      text += path != nullptr && path->missing() ? paint(Ink::red, cell) : cell;
    }
    text += "\n";
  }
  return text + "\n";
}

std::string probe_of(const ProbedGateway& probe, const Paint& paint) {
  std::string text =
      fmt::format("{}  {}:{}  ", paint(Ink::bold, printable(probe.cluster)), printable(probe.address), probe.port);
  if (!probe.connected) return text + paint(Ink::red, "no connection: " + printable(probe.error)) + "\n";
  text += fmt::format("connected in {} ms\n", probe.milliseconds);
  if (probe.sni.empty()) return text + "    no injected Service was found behind it, so TLS was not tried\n";
  text += fmt::format("    {}\n", printable(probe.sni));
  if (!probe.error.empty()) return text + fmt::format("    no certificate: {}\n", printable(probe.error));
  text += fmt::format("    certificate of {}, issued by {}\n", printable(probe.identity), printable(probe.issuer));
  if (!probe.issuer_key.empty())
    text += fmt::format("    key of the issuer: SHA-256 {}\n", printable(probe.issuer_key));
  return text;
}

std::string probe_summary(const Verification& verification, const Paint& paint) {
  const auto& probes = verification.probes;
  const auto connected = static_cast<std::size_t>(
      std::count_if(probes.begin(), probes.end(), [](const auto& one) { return one.connected; }));
  const std::string text = fmt::format("{} of {} can be reached from here.\n", connected,
                                       count(probes.size(), "gateway address", "gateway addresses"));
  // What comes before ends with an empty line when there are findings.
  return (verification.findings.empty() ? "\n" : "") + (connected == probes.size() ? text : paint(Ink::red, text));
}

std::string block_of(const VerificationFinding& finding, bool probed, const Paint& paint) {
  const std::string title = finding.to.empty()
                                ? fmt::format("{}: calls failed", printable(finding.from))
                                : fmt::format("{} -> {}: {}", printable(finding.from), printable(finding.to),
                                              probed ? "certificate is refused" : "no answer");
  return fmt::format("{}\n    read:  {}\n    means: {}\n    do:    {}\n\n", paint(Ink::red, title),
                     printable(finding.read), printable(finding.means), printable(finding.do_next));
}

std::string summary_of(const Verification& verification, const Paint& paint) {
  int sent = 0;
  std::size_t asked = 0;
  for (const VerifiedCluster& one : verification.clusters) {
    sent += one.sent;
    if (one.asked()) ++asked;
  }
  const std::string calls =
      fmt::format("{} from {}", count(static_cast<std::size_t>(sent), "call"), count(asked, "cluster"));
  if (sent == 0) return "No cluster was verified.\n";
  if (!verification.passed()) {
    const auto missing = static_cast<std::size_t>(std::count_if(verification.paths.begin(), verification.paths.end(),
                                                                [](const auto& one) { return one.missing(); }));
    return paint(Ink::red,
                 fmt::format("Verification failed: {} without an answer; {}.", count(missing, "path"), calls)) +
           "\n";
  }
  return fmt::format("Every expected version answered: {}.\n", calls);
}

}  // namespace

std::string render_verification(const Verification& verification, Color color) {
  const Paint paint(color);
  std::string text;
  if (!verification.paths.empty()) text += matrix_of(verification, paint);
  for (const VerifiedCluster& one : verification.clusters) {
    if (one.asked()) continue;
    text += fmt::format("{}  {}\n", paint(Ink::bold, printable(one.name)), paint(Ink::red, "could not be verified"));
    for (const Diagnostic& why : one.error) {
      text += fmt::format("    {}: {}\n", printable(why.summary), printable(why.cause));
    }
    text += "\n";
  }
  for (const ProbedGateway& probe : verification.probes) text += probe_of(probe, paint);
  const bool probed = !verification.probes.empty();
  if (probed && !verification.findings.empty()) text += "\n";
  for (const VerificationFinding& finding : verification.findings) text += block_of(finding, probed, paint);
  text += verification.probes.empty() ? summary_of(verification, paint) : probe_summary(verification, paint);
  if (!verification.left_out.empty()) {
    text += fmt::format(
        "A sample of {}; {} left out, --all verifies every cluster.\n", count(verification.clusters.size(), "cluster"),
        verification.left_out.size() == 1 ? "1 is" : fmt::format("{} are", verification.left_out.size()));
  }
  return text;
}

}  // namespace mesh
