#include "providers/istio/trust/mesh_trust_config.h"

#include "engine/base/json.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

void add_texts(const json& list, std::set<std::string>& to) {
  if (!list.is_array()) return;
  for (const json& item : list) {
    if (std::string text = text_of(&item); !text.empty()) to.insert(std::move(text));
  }
}

}  // namespace

MeshTrustConfig mesh_trust_config(const json& config) {
  MeshTrustConfig trust{.trust_domain = text_at(config, "trustDomain")};
  add_texts(list_at(config, {"trustDomainAliases"}), trust.aliases);
  for (const json& entry : list_at(config, {"caCertificates"})) {
    add_texts(list_at(entry, {"trustDomains"}), trust.certificate_domains);
    if (std::string pem = text_at(entry, "pem"); !pem.empty()) {
      trust.ca_certificates.push_back(std::move(pem));
    } else if (!text_at(entry, "spiffeBundleUrl").empty()) {
      trust.has_url = true;
    }
  }
  const json* metadata = find_field(config, {"defaultConfig", "proxyMetadata"});
  if (metadata == nullptr || !metadata->is_object()) return trust;
  for (auto entry = metadata->begin(); entry != metadata->end(); ++entry)
    trust.proxy_metadata[entry.key()] = text_of(&*entry);
  return trust;
}

}  // namespace mesh::istio
