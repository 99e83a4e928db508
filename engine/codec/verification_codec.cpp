#include "engine/codec/verification_codec.h"

#include <fmt/format.h>

#include "engine/base/printable.h"
#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"

namespace mesh {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const VerifiedCluster& cluster) {
  return {{"name", cluster.name},     {"version", text_or_null(cluster.version)},
          {"asked", cluster.asked()}, {"sent", cluster.sent},
          {"failed", cluster.failed}, {"error", error_or_null(cluster.error)}};
}

ordered_json to_json(const VerifiedPath& path) {
  return {{"from", path.from}, {"to", path.to}, {"expected", path.expected}, {"answers", path.answers}};
}

ordered_json to_json(const VerificationFinding& finding) {
  return {{"from", finding.from}, {"to", text_or_null(finding.to)}, {"fault", to_string(finding.fault)},
          {"read", finding.read}, {"means", finding.means},         {"do", finding.do_next}};
}

ordered_json to_json(const ProbedGateway& probe) {
  return {{"cluster", probe.cluster},
          {"address", probe.address},
          {"port", probe.port},
          {"connected", probe.connected},
          {"milliseconds", probe.milliseconds},
          {"sni", text_or_null(probe.sni)},
          {"identity", text_or_null(probe.identity)},
          {"issuer", text_or_null(probe.issuer)},
          {"issuer_key_sha256", text_or_null(probe.issuer_key)},
          {"error", text_or_null(probe.error)}};
}

template <class T>
ordered_json list_of(const std::vector<T>& values) {
  ordered_json list = ordered_json::array();
  for (const T& value : values) list.push_back(to_json(value));
  return list;
}

std::string xml_text(const std::string& text) {
  std::string escaped;
  for (const char c : printable_lines(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string words_of(const VerificationFinding& finding) {
  return fmt::format("read: {}\nmeans: {}\ndo: {}", finding.read, finding.means, finding.do_next);
}

/// A case of a suite; `outcome`: the element inside, empty for a success.
std::string test_case(const std::string& suite, const std::string& name, const std::string& outcome) {
  const std::string head = fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_text(suite), xml_text(name));
  if (outcome.empty()) return head + "/>\n";
  return head + ">\n      " + outcome + "\n    </testcase>\n";
}

/// The cases of one calling cluster, and how many of them there are.
struct Suite {
  std::string cases = {};
  int tests = 0;
  int failures = 0;
  int errors = 0;

  void add(const std::string& suite, const std::string& name, const std::string& outcome = {}) {
    cases += test_case(suite, name, outcome);
    ++tests;
  }
};

Suite suite_of(const Verification& verification, const VerifiedCluster& from) {
  Suite suite;
  if (!from.asked()) {
    ++suite.errors;
    const Diagnostic& why = from.error.front();
    suite.add(from.name, "asked",
              fmt::format("<error message=\"{}\">{}</error>", xml_text(why.summary), xml_text(why.cause)));
  }
  for (const VerifiedPath& path : verification.paths) {
    if (path.from != from.name || !path.expected) continue;
    std::string outcome;
    for (const VerificationFinding& finding : verification.findings) {
      if (finding.from != path.from || finding.to != path.to) continue;
      outcome = fmt::format("<failure message=\"did not answer\" type=\"{}\">{}</failure>", to_string(finding.fault),
                            xml_text(words_of(finding)));
    }
    if (path.answers == 0 && outcome.empty()) outcome = "<failure message=\"did not answer\"/>";
    if (!outcome.empty()) ++suite.failures;
    suite.add(from.name, path.to, outcome);
  }
  for (const VerificationFinding& finding : verification.findings) {
    const bool of_calls = finding.to.empty();
    if (finding.from != from.name || (!of_calls && verification.probes.empty())) continue;
    ++suite.failures;
    suite.add(from.name, of_calls ? "calls" : "trust of " + finding.to,
              fmt::format("<failure message=\"{}\" type=\"{}\">{}</failure>",
                          of_calls ? "calls failed" : "certificate is refused", to_string(finding.fault),
                          xml_text(words_of(finding))));
  }
  for (const ProbedGateway& probe : verification.probes) {
    if (probe.cluster != from.name) continue;
    if (!probe.connected) ++suite.failures;
    suite.add(from.name, fmt::format("gateway {}:{}", probe.address, probe.port),
              probe.connected ? std::string()
                              : fmt::format("<failure message=\"no connection\">{}</failure>", xml_text(probe.error)));
  }
  return suite;
}

}  // namespace

const char* to_string(PathFault fault) {
  switch (fault) {
    case PathFault::not_injected:
      return "not_injected";
    case PathFault::network:
      return "network";
    case PathFault::not_discovered:
      return "not_discovered";
    case PathFault::no_gateway_address:
      return "no_gateway_address";
    case PathFault::gateway_not_ready:
      return "gateway_not_ready";
    case PathFault::trust:
      return "trust";
    case PathFault::connection:
      return "connection";
    case PathFault::failed_calls:
      return "failed_calls";
    case PathFault::unknown:
      break;
  }
  return "unknown";
}

std::string encode_verification(const Verification& verification) {
  ordered_json document;
  document["format"] = verify_format;
  document["mesh"] = verification.mesh;
  document["namespace"] = verification.ns;
  document["passed"] = verification.passed();
  document["complete"] = verification.complete();
  document["clusters"] = list_of(verification.clusters);
  document["left_out"] = verification.left_out;
  document["paths"] = list_of(verification.paths);
  document["findings"] = list_of(verification.findings);
  document["probes"] = list_of(verification.probes);
  document["diagnostics"] = mesh::to_json(verification.diagnostics);
  return json_text(document);
}

std::string encode_verification_junit(const Verification& verification) {
  std::string suites;
  for (const VerifiedCluster& from : verification.clusters) {
    const Suite suite = suite_of(verification, from);
    suites += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n{}  </testsuite>\n",
                          xml_text(from.name), suite.tests, suite.failures, suite.errors, suite.cases);
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\">\n{}</testsuites>\n",
                     xml_text("mesh verify " + verification.mesh), suites);
}

}  // namespace mesh
