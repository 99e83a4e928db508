#include "engine/render/render_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/printable.h"

namespace mesh {
namespace {

constexpr std::size_t widest_line = 120;

/// Valid UTF-8 on one line: names come from clusters and kubeconfigs.
std::string comment_text(const std::string& text) {
  const nlohmann::json safe = printable(text);
  return nlohmann::json::parse(safe.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)).get<std::string>();
}

/// A TOML basic string: JSON's, whose escapes TOML all knows.
std::string toml_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class Texts>
std::string list_of(const Texts& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_text(text);
  return "[" + list + "]";
}

const char* word(CertificateAuthority ca) {
  constexpr std::array<const char*, 3> words = {"mesh-ca", "ca-service", "istio-ca"};
  return words[static_cast<std::size_t>(ca)];
}

/// Words on comment lines of bounded width; those that follow the first are indented by `hanging`.
std::string wrapped(const std::string& prefix, const std::string& hanging, const std::string& text) {
  std::string lines;
  std::string line = prefix;
  std::istringstream words(comment_text(text));
  bool starts = true;
  for (std::string next; words >> next; starts = false) {
    if (!starts && line.size() + 1 + next.size() > widest_line) {
      lines += line + "\n";
      line = hanging + next;
    } else {
      line += (starts ? "" : " ") + next;
    }
  }
  return lines + line + "\n";
}

class SpecWriter {
 public:
  explicit SpecWriter(const SpecProposal& proposal) : proposal_(proposal) {}

  std::string write() {
    text_ =
        "# Written by `mesh init`. Comments say where a value was read. Before the first `mesh plan`, see to the\n"
        "# lines that begin with `check:`.\nversion = 1\n";
    mesh_table();
    state_table();
    gateway_table();
    for (const auto& [name, cluster] : proposal_.spec.clusters) cluster_table(cluster);
    for (const LeftOutContext& one : proposal_.left_out) left_out(one);
    return std::move(text_);
  }

 private:
  const std::vector<Remark>& remarks_of(const std::string& key) const {
    static const std::vector<Remark> none;
    const auto found = proposal_.remarks.find(key);
    return found == proposal_.remarks.end() ? none : found->second;
  }

  void doubts(const std::string& key) {
    for (const Remark& remark : remarks_of(key)) {
      if (remark.doubt) text_ += wrapped("# check: ", "#   ", remark.text);
    }
  }

  void line(std::string text, const std::string& key) {
    std::string sources;
    for (const Remark& remark : remarks_of(key)) {
      if (!remark.doubt) sources += (sources.empty() ? "" : "; ") + comment_text(remark.text);
    }
    if (!sources.empty()) {
      constexpr std::size_t column = 36;
      const std::string gap(text.size() < column ? column - text.size() : 1, ' ');
      if (text.size() + gap.size() + 2 + sources.size() <= widest_line) {
        text += gap + "# " + sources;
      } else {
        text_ += wrapped("# ", "#   ", sources);
      }
    }
    text_ += text + "\n";
  }

  /// `in`: the table's name with a dot. A key at its default is a comment, and only where there is something to say.
  void key(const std::string& in, const std::string& name, const std::string& value, bool is_default) {
    const std::string path = in + name;
    doubts(path);
    const auto offer = proposal_.offers.find(path);
    if (!is_default) {
      line(fmt::format("{} = {}", name, value), path);
    } else if (offer != proposal_.offers.end()) {
      line(fmt::format("# {} = {}", name, toml_text(offer->second)), path);
    } else if (!remarks_of(path).empty()) {
      line(fmt::format("# {} = {}", name, value), path);
    }
  }

  void mesh_table() {
    const MeshSpec& mesh = proposal_.spec.mesh;
    text_ += "\n[mesh]\n";
    key("mesh.", "name", toml_text(mesh.name), false);
    if (mesh.fleet_project) {
      key("mesh.", "fleet_project", toml_text(*mesh.fleet_project), false);
      key("mesh.", "project_number", std::to_string(mesh.project_number.value_or(0)), false);
    } else {
      key("mesh.", "id", toml_text(mesh.id), false);
    }
    const bool is_usual_ca = !mesh.fleet_project && mesh.ca == CertificateAuthority::istio_ca;
    key("mesh.", "ca", toml_text(word(mesh.ca)), is_usual_ca);
    key("mesh.", "revision", toml_text(mesh.revision), mesh.revision == "default");
    key("mesh.", "namespace", toml_text(mesh.system_namespace), mesh.system_namespace == MeshSpec().system_namespace);
    key("mesh.", "flat_networks", list_of(mesh.flat_networks), mesh.flat_networks.empty());
    key("mesh.", "local_api_servers", mesh.local_api_servers ? "true" : "false", !mesh.local_api_servers);
  }

  void state_table() {
    text_ += "\n[state]\n# repo = \"mesh-state\"               # git repository of snapshots, created when missing\n";
    text_ += "# remote = \"git@git.example.com:platform/mesh-state.git\"   # fetched before, pushed after\n";
  }

  void gateway_keys(const std::string& in, const std::string& prefix, const GatewaySpec& gateway,
                    const GatewaySpec& usual) {
    const ReplicaRange& replicas = gateway.replicas;
    key(in, prefix + "replicas", fmt::format("{{ min = {}, max = {} }}", replicas.min, replicas.max),
        replicas == usual.replicas);
    key(in, prefix + "exposure", gateway.exposure == Exposure::internal ? "\"internal\"" : "\"public\"",
        gateway.exposure == usual.exposure);
    key(in, prefix + "source_ranges", list_of(gateway.source_ranges), gateway.source_ranges == usual.source_ranges);
    if (gateway.load_balancer_ip || proposal_.offers.contains(in + prefix + "load_balancer_ip") ||
        !remarks_of(in + prefix + "load_balancer_ip").empty()) {
      key(in, prefix + "load_balancer_ip", toml_text(gateway.load_balancer_ip.value_or("")), !gateway.load_balancer_ip);
    }
  }

  void gateway_table() {
    if (proposal_.gateway == GatewaySpec()) return;
    text_ += "\n[gateway]\n";
    gateway_keys("gateway.", "", proposal_.gateway, GatewaySpec());
  }

  void cluster_table(const ClusterSpec& cluster) {
    const Spec& spec = proposal_.spec;
    const std::string in = fmt::format("cluster.{}.", cluster.name);
    text_ += "\n";
    doubts(in.substr(0, in.size() - 1));
    line(fmt::format("[cluster.{}]", cluster.name), in.substr(0, in.size() - 1));
    key(in, "platform", toml_text(cluster.platform), false);
    std::vector<std::string> files;
    for (const auto& file : cluster.kubeconfig) files.push_back(file.string());
    key(in, "kubeconfig", files.size() == 1 ? toml_text(files.front()) : list_of(files), files.empty());
    key(in, "context", toml_text(cluster.context), cluster.context.empty());
    const std::string usual_id =
        spec.mesh.fleet_project ? fmt::format("cn-{}-global-{}", *spec.mesh.fleet_project, cluster.name) : cluster.name;
    key(in, "id", toml_text(cluster.id), cluster.id == usual_id);
    key(in, "network", toml_text(cluster.network), cluster.network == cluster.name);
    key(in, "api_server", toml_text(cluster.api_server.value_or("")), !cluster.api_server);
    gateway_keys(in, "gateway.", cluster.gateway, proposal_.gateway);
    key(in, "discovery.peers", list_of(cluster.peers), cluster.peers.size() + 1 == spec.clusters.size());
  }

  void left_out(const LeftOutContext& one) {
    text_ += "\n";
    const std::string from = one.file.empty() ? std::string() : " of " + one.file;
    text_ += wrapped("# ", "#   ", fmt::format("Left out: context {}{}", one.context, from));
    for (const std::string& why : one.why) text_ += wrapped("#   ", "#   ", why);
    if (one.table.name.empty()) return;
    SpecProposal alone;
    alone.spec.clusters.emplace(one.table.name, one.table);
    // Its peers and its id are whatever the spec says by default.
    alone.spec.clusters.begin()->second.id = one.table.name;
    SpecWriter table(alone);
    table.cluster_table(alone.spec.clusters.begin()->second);
    std::istringstream lines(table.text_.substr(1));
    for (std::string next; std::getline(lines, next);) text_ += "# " + next + "\n";
  }

  const SpecProposal& proposal_;
  std::string text_;
};

}  // namespace

std::string render_spec(const SpecProposal& proposal) { return SpecWriter(proposal).write(); }

}  // namespace mesh
