#include <fmt/format.h>

#include "engine/load/read_spec.h"
#include "engine/load/table_reader.h"

namespace mesh {
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
    problems.add(Code::unknown_field, reader.key_mark("load_balancer_ip"), "unknown field",
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
