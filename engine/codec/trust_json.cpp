#include "engine/codec/trust_json.h"

#include <algorithm>
#include <array>

#include "engine/codec/common_json.h"

namespace mesh {
namespace {

using Json = nlohmann::ordered_json;

Json root_json(const CaCertificate& root) {
  return {{"key_sha256", root.key_sha256}, {"subject", root.subject},     {"issuer", root.issuer},
          {"not_before", root.not_before}, {"not_after", root.not_after}, {"is_ca", root.is_ca}};
}

Json roots_json(const std::vector<CaCertificate>& roots) {
  Json list = Json::array();
  for (const CaCertificate& root : roots) list.push_back(root_json(root));
  return list;
}

Json cluster_json(const ClusterTrust& trust) {
  Json entry;
  entry["name"] = trust.cluster;
  entry["ca"] = to_string(trust.ca);
  entry["ca_name"] = text_or_null(trust.ca_name);
  entry["plugged"] = to_string(trust.plugged);
  entry["roots"] = roots_json(trust.roots);
  entry["added"] = roots_json(trust.added);
  entry["trust_domain"] = text_or_null(trust.trust_domain);
  entry["trust_domain_aliases"] = trust.aliases;
  entry["unread"] = trust.unread;
  return entry;
}

Json group_json(const TrustGroup& group) {
  Json keys = Json::array();
  for (const CaCertificate& root : group.roots) keys.push_back(root.key_sha256);
  return {{"ca", to_string(group.ca)},
          {"ca_name", text_or_null(group.ca_name)},
          {"roots", std::move(keys)},
          {"clusters", group.clusters}};
}

Json edge_json(const TrustEdge& edge) {
  return {{"from", edge.from},
          {"to", edge.to},
          {"verdict", to_string(edge.verdict)},
          {"reason", edge.reason},
          {"from_accepts_root", to_string(edge.from_accepts_root)},
          {"to_accepts_root", to_string(edge.to_accepts_root)},
          {"from_accepts_trust_domain", to_string(edge.from_accepts_domain)},
          {"to_accepts_trust_domain", to_string(edge.to_accepts_domain)}};
}

}  // namespace

Json to_json(const TrustGraph& graph) {
  Json summary;
  for (const TrustVerdict verdict :
       {TrustVerdict::works, TrustVerdict::works_one_way, TrustVerdict::cannot_work, TrustVerdict::unknown}) {
    summary[std::string(to_string(verdict))] = std::count_if(
        graph.edges.begin(), graph.edges.end(), [&](const TrustEdge& edge) { return edge.verdict == verdict; });
  }
  Json document;
  document["summary"] = std::move(summary);
  for (const char* list : {"clusters", "groups", "edges", "bundles", "aliases"}) document[list] = Json::array();
  for (const ClusterTrust& trust : graph.clusters) document["clusters"].push_back(cluster_json(trust));
  for (const TrustGroup& group : graph.groups) document["groups"].push_back(group_json(group));
  for (const TrustEdge& edge : graph.edges) {
    if (edge.verdict != TrustVerdict::works) document["edges"].push_back(edge_json(edge));
  }
  for (const MissingBundle& bundle : graph.bundles)
    document["bundles"].push_back({{"root", root_json(bundle.root)}, {"of", bundle.of}, {"into", bundle.into}});
  for (const MissingAlias& alias : graph.aliases)
    document["aliases"].push_back({{"trust_domain", alias.domain}, {"into", alias.into}});
  return document;
}

}  // namespace mesh
