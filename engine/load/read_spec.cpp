#include "engine/load/read_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/load/check_addresses.h"
#include "engine/load/check_names.h"
#include "engine/load/table_reader.h"

namespace mesh {
namespace {

constexpr std::int64_t spec_version = 1;

void read_version(const Value& document, TableReader& reader, Problems& problems) {
  reader.require("version", "write `version = 1` as the first line");
  const auto version = reader.integer("version", INT64_MIN, INT64_MAX);
  if (!version || version->value == spec_version) return;
  problems.add(Code::unsupported_version, document.find("version")->value.at, "unsupported version of the spec",
               fmt::format("version {} is not known to this program", version->value),
               "write `version = 1`, or use the release of mesh that the file was written for");
}

StateDraft read_state(const Value& table, Problems& problems) {
  TableReader reader(table, "[state]", problems);
  StateDraft state;
  state.repo = reader.text("repo", check_path);
  state.remote = reader.text("remote", check_remote);
  reader.finish();
  return state;
}

PolicyDraft read_policy(const Value& table, Problems& problems) {
  TableReader reader(table, "[policy]", problems);
  PolicyDraft policy;
  policy.max_changes = reader.integer("max_changes", 0, INT32_MAX);
  reader.finish();
  return policy;
}

std::vector<ClusterDraft> read_clusters(const Value* table, SourcePosition start, Problems& problems) {
  std::vector<ClusterDraft> clusters;
  if (table != nullptr) {
    for (const Member& member : table->members) {
      if (member.value.kind == Value::Kind::table) {
        clusters.push_back(read_cluster(member, problems));
      } else {
        problems.add(Code::wrong_type, member.value.at, "wrong type",
                     fmt::format("{} in [cluster] is {}, not a table", shown(member.key), to_string(member.value.kind)),
                     "each cluster is a table: [cluster.NAME]");
      }
    }
  }
  if (table == nullptr || table->members.empty()) {
    problems.add(Code::no_clusters, start, "no clusters", "the spec names no cluster",
                 "add a table [cluster.NAME] with a `platform`");
  }
  std::sort(clusters.begin(), clusters.end(), [](const ClusterDraft& a, const ClusterDraft& b) { return a.at < b.at; });
  return clusters;
}

}  // namespace

SpecDraft read_spec(const Value& document, Problems& problems) {
  TableReader reader(document, "the spec", problems);
  SpecDraft spec;
  read_version(document, reader, problems);
  reader.require("mesh", "add a table [mesh] with a `name`");
  if (const Value* table = reader.table("mesh")) spec.mesh = read_mesh(*table, problems);
  if (const Value* table = reader.table("state")) spec.state = read_state(*table, problems);
  if (const Value* table = reader.table("policy")) spec.policy = read_policy(*table, problems);
  if (const Value* table = reader.table("gateway")) {
    spec.gateway = read_gateway(*table, GatewayOf::mesh, "[gateway]", problems);
  }
  const Value* clusters = reader.table("cluster");
  if (clusters != nullptr || !reader.has("cluster")) {
    spec.clusters = read_clusters(clusters, reader.key_position("cluster"), problems);
  }
  reader.finish();
  return spec;
}

namespace {

constexpr const char* table_name = "[mesh]";

/// A fleet gives the mesh its identity, or `id` does, never both.
void check_identity(const TableReader& reader, Problems& problems) {
  const bool project = reader.has("fleet_project");
  const bool number = reader.has("project_number");
  if (reader.has("id") && (project || number)) {
    problems.add(Code::conflicting_fields, reader.key_position("id"), "fields that exclude each other",
                 fmt::format("[mesh] has `id` and `{}`; a fleet's mesh id is proj-<project_number>",
                             project ? "fleet_project" : "project_number"),
                 "for a fleet remove `id`; for plain Istio remove `fleet_project` and `project_number`");
  } else if (!reader.has("id") && !project && !number) {
    problems.add(Code::missing_field, reader.position(), "missing field", "[mesh] says neither `id` nor a fleet",
                 "for plain Istio add `id`; for a fleet add `fleet_project` and `project_number`");
  }
}

void check_fleet(TableReader& reader) {
  const bool project = reader.has("fleet_project");
  const bool number = reader.has("project_number");
  if (reader.has("id") || (!project && !number)) return;
  reader.require("fleet_project", "add the project ID of the fleet host, FLEET_PROJECT_ID of the guide");
  reader.require("project_number",
                 "`gcloud projects describe FLEET_PROJECT --format 'value(projectNumber)'` prints the number");
  reader.require("ca", "add `ca = \"mesh-ca\"`, \"ca-service\" or \"istio-ca\": all clusters must have the same");
}

void check_plain_ca(const TableReader& reader, const MeshDraft& mesh, Problems& problems) {
  const bool fleet = reader.has("fleet_project") || reader.has("project_number");
  if (!reader.has("id") || fleet || !mesh.ca || mesh.ca->value == CertificateAuthority::istio_ca) return;
  problems.add(Code::unsupported_ca, mesh.ca->at, "certificate authority needs a fleet",
               fmt::format("`{}` issues certificates to fleets only, and [mesh] has `id` instead of `fleet_project`",
                           ca_words()[static_cast<std::size_t>(mesh.ca->value)]),
               "write `ca = \"istio-ca\"`, or name the fleet");
}

}  // namespace

MeshDraft read_mesh(const Value& table, Problems& problems) {
  TableReader reader(table, table_name, problems);
  MeshDraft mesh;
  reader.require("name", "add `name = \"prod\"`, or whatever the mesh is called");
  mesh.name = reader.text("name", check_dns_label);
  check_identity(reader, problems);
  check_fleet(reader);
  mesh.id = reader.text("id", check_label_value);
  mesh.fleet_project = reader.text("fleet_project", check_project_id);
  mesh.project_number = reader.integer("project_number", 1, INT64_MAX);
  if (const auto word = reader.choice("ca", ca_words())) {
    mesh.ca = {static_cast<CertificateAuthority>(word->value), word->at};
  }
  check_plain_ca(reader, mesh, problems);
  mesh.revision = reader.text("revision", check_dns_label);
  mesh.system_namespace = reader.text("namespace", check_dns_label);
  mesh.flat_networks = reader.texts("flat_networks", check_label_value);
  mesh.local_api_servers = reader.boolean("local_api_servers");
  reader.finish();
  return mesh;
}

namespace {

/// Enough for any gateway, and small enough to catch a slip.
constexpr std::int64_t most_replicas = 1000;

}  // namespace

GatewayDraft read_gateway(const Value& table, GatewayOf of, const std::string& what, Problems& problems) {
  TableReader reader(table, what, problems);
  GatewayDraft gateway;
  if (const Value* replicas = reader.table("replicas")) {
    TableReader bounds(*replicas, fmt::format("`replicas` of {}", what), problems);
    gateway.min = bounds.integer("min", 1, most_replicas);
    gateway.max = bounds.integer("max", 1, most_replicas);
    bounds.finish();
  }
  if (const auto word = reader.choice("exposure", {"public", "internal"})) {
    gateway.exposure = {static_cast<Exposure>(word->value), word->at};
  }
  gateway.source_ranges = reader.texts("source_ranges", check_cidr);
  if (of == GatewayOf::cluster) {
    gateway.load_balancer_ip = reader.text("load_balancer_ip", check_ip);
  } else if (reader.has("load_balancer_ip")) {
    problems.add(Code::unknown_field, reader.key_position("load_balancer_ip"), "unknown field",
                 "`load_balancer_ip` is not a field of [gateway]: an address belongs to one cluster",
                 "write `gateway.load_balancer_ip` in the cluster's table");
    reader.known("load_balancer_ip");
  }
  reader.finish();
  return gateway;
}

ClusterDraft read_cluster(const Member& member, Problems& problems) {
  ClusterDraft cluster;
  cluster.name = member.key;
  cluster.at = member.value.at;
  if (auto complaint = check_dns_label(member.key)) {
    problems.add(Code::invalid_value, member.at, std::move(complaint->summary),
                 "the cluster's name " + complaint->cause, std::move(complaint->hint));
  }
  const std::string what = fmt::format("cluster {}", shown(member.key));
  TableReader reader(member.value, what, problems);
  reader.require("platform", "add `platform`, for example `platform = \"kubernetes\"`");
  cluster.platform = reader.text("platform", [](std::string_view) -> Verdict { return std::nullopt; });
  cluster.id = reader.text("id", check_dns_label);
  cluster.kubeconfig = reader.text_or_texts("kubeconfig", check_path);
  cluster.context = reader.text("context", check_text);
  cluster.network = reader.text("network", check_label_value);
  cluster.api_server = reader.text("api_server", check_api_server);
  if (const Value* table = reader.table("gateway")) {
    cluster.gateway = read_gateway(*table, GatewayOf::cluster, fmt::format("the gateway of {}", what), problems);
  }
  if (const Value* table = reader.table("discovery")) {
    TableReader discovery(*table, fmt::format("the discovery of {}", what), problems);
    // Whether a peer is known is a rule of its own; it covers wrong names too.
    cluster.peers = discovery.texts("peers", [](std::string_view) -> Verdict { return std::nullopt; });
    discovery.finish();
  }
  cluster.protect = reader.boolean("protect");
  reader.finish();
  return cluster;
}

}  // namespace mesh
