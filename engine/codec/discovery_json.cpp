#include "engine/codec/discovery_json.h"

#include <algorithm>
#include <string>

#include "engine/codec/common_json.h"

namespace mesh {
namespace {

using Json = nlohmann::ordered_json;

Json discovery_replica_json(const EdgeReplica& replica) {
  Json entry;
  entry["pod"] = replica.pod;
  entry["revision"] = text_or_null(replica.revision);
  entry["status"] = replica.status;
  entry["secret"] = text_or_null(replica.secret);
  entry["fault"] = replica.fault == EdgeFault::none ? Json() : Json(to_string(replica.fault));
  entry["services"] = replica.endpoints ? Json(replica.endpoints->services) : Json();
  entry["endpoints"] = replica.endpoints ? Json(replica.endpoints->endpoints) : Json();
  entry["gateways"] = replica.gateways ? Json(*replica.gateways) : Json();
  return entry;
}

Json discovery_edge_json(const DiscoveryEdge& edge) {
  const bool needs_gateway = edge.wanted && !edge.one_network;
  Json entry;
  entry["from"] = edge.from;
  entry["to"] = text_or_null(edge.to);
  entry["cluster_id"] = edge.id;
  entry["verdict"] = to_string(edge.verdict);
  entry["reason"] = text_or_null(edge.reason);
  entry["wanted"] = edge.wanted;
  entry["secret"] = to_string(edge.secret);
  entry["gateway"] = needs_gateway ? Json(to_string(edge.gateway)) : Json();
  entry["exposed"] = needs_gateway ? Json(to_string(edge.exposed)) : Json();
  entry["istiods"] = Json::array();
  for (const EdgeReplica& replica : edge.replicas) entry["istiods"].push_back(discovery_replica_json(replica));
  return entry;
}

}  // namespace

Json discovery_json(const std::vector<DiscoveryEdge>& edges) {
  Json summary = Json::object();
  for (const EdgeVerdict verdict : {EdgeVerdict::effective, EdgeVerdict::not_applied, EdgeVerdict::not_effective,
                                    EdgeVerdict::unwanted, EdgeVerdict::unknown}) {
    summary[std::string(to_string(verdict))] =
        std::count_if(edges.begin(), edges.end(), [&](const DiscoveryEdge& edge) { return edge.verdict == verdict; });
  }
  Json list = Json::array();
  for (const DiscoveryEdge& edge : edges) list.push_back(discovery_edge_json(edge));
  return {{"summary", std::move(summary)}, {"edges", std::move(list)}};
}

}  // namespace mesh
