#include "engine/cli/sim/sim_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "engine/base/suggest.h"
#include "engine/jobs/files.h"
#include "engine/load/load_spec.h"
#include "providers/platform/platforms.h"

namespace mesh::cli {
namespace {

const std::vector<std::string>& usual_platforms() {
  static const std::vector<std::string> names = {"gke-vmware", "gke-aws", "aks", "eks", "gdc-bare-metal", "gke-azure"};
  return names;
}

Result<Spec> of_options(const SimOptions& options) {
  Spec spec;
  spec.mesh.name = "sim";
  spec.mesh.id = "proj-123456789012";
  spec.mesh.fleet_project = "acme-fleet";
  spec.mesh.project_number = 123456789012;
  spec.mesh.ca = CertificateAuthority::mesh_ca;
  spec.mesh.revision = options.istiod.empty() || options.istiod == "none" ? "asm-1233-2" : options.istiod;
  const auto& platforms = options.platforms.empty() ? usual_platforms() : options.platforms;
  for (const std::string& name : platforms) {
    if (platform::all().contains(name)) continue;
    std::vector<std::string> known;
    for (const auto& [one, ignored] : platform::all()) known.push_back(one);
    const auto meant = nearest(name, known);
    return failure({.code = Code::usage,
                    .summary = "wrong flag",
                    .cause = fmt::format("--platform: `{}` is none of {}", name, fmt::join(known, ", ")),
                    .hint = meant ? fmt::format("did you mean `{}`?", *meant) : std::string()});
  }
  for (int i = 1; i <= options.clusters.value_or(3); ++i) {
    const std::string name = fmt::format("c{}", i);
    ClusterSpec& cluster = spec.clusters[name];
    cluster.name = name;
    cluster.id = options.cluster_id_prefix.value_or("cn-acme-fleet-global-") + name;
    cluster.platform = platforms[static_cast<std::size_t>(i - 1) % platforms.size()];
    cluster.network = name;
  }
  for (auto& [name, cluster] : spec.clusters) {
    for (const auto& [peer, ignored] : spec.clusters) {
      if (peer != name) cluster.peers.push_back(peer);
    }
  }
  return spec;
}

/// A TOML basic string: JSON's, whose escapes TOML all knows.
std::string quoted(const std::string& text) { return nlohmann::json(text).dump(); }

std::string list_of(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + quoted(text);
  return "[" + list + "]";
}

const char* word(CertificateAuthority ca) {
  return ca == CertificateAuthority::mesh_ca      ? "mesh-ca"
         : ca == CertificateAuthority::ca_service ? "ca-service"
                                                  : "istio-ca";
}

std::string mesh_table(const MeshSpec& mesh) {
  std::string text = fmt::format("[mesh]\nname = {}\n", quoted(mesh.name));
  if (mesh.fleet_project) {
    text += fmt::format("fleet_project = {}\nproject_number = {}\n", quoted(*mesh.fleet_project),
                        mesh.project_number.value_or(0));
  } else {
    text += fmt::format("id = {}\n", quoted(mesh.id));
  }
  text += fmt::format("ca = {}\nrevision = {}\n", quoted(word(mesh.ca)), quoted(mesh.revision));
  if (mesh.system_namespace != MeshSpec().system_namespace) {
    text += fmt::format("namespace = {}\n", quoted(mesh.system_namespace));
  }
  if (!mesh.flat_networks.empty()) {
    text += fmt::format("flat_networks = {}\n", list_of({mesh.flat_networks.begin(), mesh.flat_networks.end()}));
  }
  return text + "local_api_servers = true            # the simulated clusters listen on loopback\n";
}

std::string gateway_lines(const GatewaySpec& gateway) {
  const GatewaySpec usual;
  std::string text;
  if (gateway.replicas != usual.replicas) {
    text += fmt::format("gateway.replicas = {{ min = {}, max = {} }}\n", gateway.replicas.min, gateway.replicas.max);
  }
  if (gateway.exposure == Exposure::internal) text += "gateway.exposure = \"internal\"\n";
  if (!gateway.source_ranges.empty())
    text += fmt::format("gateway.source_ranges = {}\n", list_of(gateway.source_ranges));
  if (gateway.load_balancer_ip) {
    text += fmt::format("gateway.load_balancer_ip = {}\n", quoted(*gateway.load_balancer_ip));
  }
  return text;
}

std::string cluster_table(const ClusterSpec& cluster, const Spec& spec) {
  std::string text =
      fmt::format("[cluster.{}]\nplatform = {}\nkubeconfig = {}\nnetwork = {}\n", quoted(cluster.name),
                  quoted(cluster.platform), quoted(cluster.name + ".kubeconfig"), quoted(cluster.network));
  const std::string usual_id =
      spec.mesh.fleet_project ? fmt::format("cn-{}-global-{}", *spec.mesh.fleet_project, cluster.name) : cluster.name;
  if (cluster.id != usual_id) text += fmt::format("id = {}\n", quoted(cluster.id));
  text += gateway_lines(cluster.gateway);
  if (cluster.peers.size() + 1 != spec.clusters.size()) {
    text += fmt::format("discovery.peers = {}\n", list_of(cluster.peers));
  }
  if (cluster.protect) text += "protect = true\n";
  return text;
}

std::string line_of(const std::string& text, std::size_t number) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t i = 0; i < number; ++i) std::getline(lines, line);
  return line;
}

/// The flag that a line of the written spec comes from; empty: none, or several.
std::string flag_behind(const std::string& line) {
  if (line.starts_with("id = ")) return "--cluster-id-prefix";
  if (line.starts_with("revision = ")) return "--istiod";
  return {};
}

/// Why mesh would refuse to read the spec that is going to be written; names the flags that are to blame.
Diagnostics problems_of(const Spec& spec) {
  const std::string text = spec_text(spec);
  const auto read = load_spec({.name = "mesh.toml", .bytes = text, .folder = "."}, platform::all());
  if (read) return {};
  Diagnostics problems;
  std::set<std::string> reported;
  for (Diagnostic problem : read.error()) {
    const std::string flag = problem.at ? flag_behind(line_of(text, problem.at->line)) : std::string();
    if (!flag.empty()) {
      // Once, and not for each cluster.
      if (!reported.insert(flag).second) continue;
      problem.code = Code::usage;
      problem.at.reset();
      problem.summary = "wrong flag";
      problem.cause = fmt::format("{}: {}", flag, problem.cause);
    }
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace

Result<Spec> spec_of_file(const std::string& file, const std::optional<std::string>& text) {
  auto bytes = text ? Result<std::string>(*text) : read_file(file);
  if (!bytes) return failure(std::move(bytes.error()));
  const auto folder = std::filesystem::path(file).parent_path();
  return load_spec({.name = file, .bytes = std::move(*bytes), .folder = folder.empty() ? "." : folder},
                   platform::all());
}

Result<Spec> simulated_spec(const SimOptions& options, const std::optional<std::string>& text) {
  auto spec = options.spec ? spec_of_file(*options.spec, text) : of_options(options);
  if (!spec) return spec;
  spec->mesh.local_api_servers = true;
  spec->state = {.repo = "mesh-state", .remote = std::nullopt};
  if (options.spec && !options.istiod.empty() && options.istiod != "none") spec->mesh.revision = options.istiod;
  if (Diagnostics problems = problems_of(*spec); !problems.empty()) return failure(std::move(problems));
  return spec;
}

std::string spec_text(const Spec& spec) {
  std::string text = "# Written by `mesh sim` for its simulated clusters.\nversion = 1\n\n" + mesh_table(spec.mesh);
  text += fmt::format("\n[state]\nrepo = {}\n", quoted(spec.state.repo.string()));
  // In the order of their numbers: c2 before c10.
  std::vector<const ClusterSpec*> clusters;
  for (const auto& [name, cluster] : spec.clusters) clusters.push_back(&cluster);
  std::stable_sort(clusters.begin(), clusters.end(), [](const ClusterSpec* a, const ClusterSpec* b) {
    return a->name.size() != b->name.size() ? a->name.size() < b->name.size() : a->name < b->name;
  });
  for (const ClusterSpec* cluster : clusters) text += "\n" + cluster_table(*cluster, spec);
  return text;
}

}  // namespace mesh::cli
