#include "providers/istio/trust/cluster_trust.h"

#include <algorithm>
#include <charconv>

#include "engine/base/json.h"
#include "engine/model/field_path.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/trust/acceptance.h"
#include "providers/istio/trust/ca_certificates.h"
#include "providers/istio/trust/mesh_trust_config.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

constexpr const char* plugged_secret = "cacerts";
constexpr const char* self_signed_secret = "istio-ca-secret";
/// The key by which istiod marks a Secret cacerts that it made itself.
constexpr const char* generated_key = "istio-generated";

/// Spelled as Go's ParseBool takes it.
bool is_switched_on(const std::string& value) {
  static constexpr const char* words[] = {"1", "t", "T", "true", "TRUE", "True"};
  return std::find(std::begin(words), std::end(words), value) != std::end(words);
}

std::string istiod_setting(const Object* istiod, const char* name) {
  if (istiod == nullptr) return {};
  const FieldPath path = {FieldName{"env"}, ListKey{{{"name", name}}}, FieldName{"value"}};
  for (const json& container : list_at(istiod->body, {"spec", "template", "spec", "containers"})) {
    if (std::string value = text_of(find_value(container, path)); !value.empty()) return value;
  }
  return {};
}

/// Whether istiod is of 1.29 or newer, by the tag of its image: `1.23.3-asm.2`.
Answer reads_peer_configuration(const Object* istiod) {
  if (istiod == nullptr) return Answer::unknown;
  const json& containers = list_at(istiod->body, {"spec", "template", "spec", "containers"});
  const std::string image = containers.empty() ? std::string() : text_at(containers.front(), "image");
  const std::size_t tag = image.find_last_of(":/");
  if (tag == std::string::npos || image[tag] != ':') return Answer::unknown;
  int minor = 0;
  const std::string version = image.substr(tag + 1);
  if (!version.starts_with("1.")) return Answer::unknown;
  const char* first = version.data() + 2;
  const auto [end, error] = std::from_chars(first, version.data() + version.size(), minor);
  if (error != std::errc() || end == first) return Answer::unknown;
  return minor >= 29 ? Answer::yes : Answer::no;
}

/// Whether the reader may read ConfigMaps, and so peers the mesh configuration.
Answer configuration_is_readable(const ClusterState& live, const std::string& ns) {
  const Observed role = live.observe(reader_role_id(ns));
  if (std::holds_alternative<Unreadable>(role)) return Answer::unknown;
  const auto* found = std::get_if<const Object*>(&role);
  if (found == nullptr) return Answer::no;
  for (const json& rule : list_at((*found)->body, {"rules"})) {
    const json& resources = list_at(rule, {"resources"});
    const auto names = [&](const char* name) { return std::find(resources.begin(), resources.end(), name); };
    if (names("configmaps") != resources.end() || names("*") != resources.end()) return Answer::yes;
  }
  return Answer::no;
}

bool holds_key(const Object& secret, const char* key) {
  return std::any_of(secret.managers.begin(), secret.managers.end(), [&](const ManagedFields& entry) {
    const json* data = find_field(*entry.fields, {"f:data"});
    return data != nullptr && data->contains(std::string("f:") + key);
  });
}

void take_roots(const TrustSources& sources, ClusterTrust& trust) {
  if (!sources.has_config_maps) return;
  if (sources.root_certificates == nullptr) {
    trust.unread.emplace_back("ConfigMap istio-ca-root-cert is not there");
    return;
  }
  PemCertificates pem = ca_certificates(text_at(sources.root_certificates->body, {"data", "root-cert.pem"}));
  if (pem.unreadable > 0)
    trust.unread.emplace_back("ConfigMap istio-ca-root-cert holds text that is not a certificate");
  if (pem.certificates.empty()) trust.unread.emplace_back("ConfigMap istio-ca-root-cert holds no certificate");
  trust.roots = std::move(pem.certificates);
}

/// istiod takes the certificates of the mesh configuration only with ISTIO_MULTIROOT_MESH, refuses all of them when one
/// entry does not begin with a CA, and proxies load them only with PROXY_CONFIG_XDS_AGENT (istio-facts 6.4).
void take_added(const MeshTrustConfig& config, const Object* istiod, ClusterTrust& trust) {
  if (config.ca_certificates.empty() && !config.has_url) return;
  std::vector<CaCertificate> added;
  bool refused = false;
  for (const std::string& text : config.ca_certificates) {
    PemCertificates pem = ca_certificates(text);
    if (pem.unreadable > 0 || pem.certificates.empty() || !pem.certificates.front().is_ca) refused = true;
    for (CaCertificate& certificate : pem.certificates) added.push_back(std::move(certificate));
  }
  const auto agent = config.proxy_metadata.find("PROXY_CONFIG_XDS_AGENT");
  if (refused) {
    trust.added_unused = "an entry of `caCertificates` is not a CA certificate, so istiod refuses all of them";
  } else if (istiod != nullptr && !is_switched_on(istiod_setting(istiod, "ISTIO_MULTIROOT_MESH"))) {
    trust.added_unused = "istiod does not have ISTIO_MULTIROOT_MESH=true";
  } else if (agent == config.proxy_metadata.end() || !is_switched_on(agent->second)) {
    trust.added_unused = "`defaultConfig.proxyMetadata` does not have PROXY_CONFIG_XDS_AGENT=true";
  }
  if (!trust.added_unused.empty()) return;
  trust.added = std::move(added);
  trust.more_from_url = config.has_url || istiod == nullptr;
}

/// Which CA the proxies ask, and by which name (istio-facts 6.1).
void take_ca(const MeshTrustConfig& config, const json& injector, const Object* istiod, ClusterTrust& trust) {
  const std::string address = text_at(injector, {"global", "caAddress"});
  const std::string signer = istiod_setting(istiod, "EXTERNAL_CA");
  const auto found = config.proxy_metadata.find("CA_PROVIDER");
  const std::string provider = found == config.proxy_metadata.end() ? std::string() : found->second;
  if (provider == "GoogleCA" || address.starts_with("meshca.googleapis.com")) {
    trust.ca = CaType::mesh_ca;
  } else if (provider == "GoogleCAS" || address.starts_with("privateca.googleapis.com")) {
    trust.ca = CaType::ca_service;
    trust.ca_name = text_at(injector, {"global", "caName"});
  } else if (provider == "GkeWorkloadCertificate") {
    trust.ca = CaType::workload_certificates;
  } else if (!address.empty() && !address.starts_with("istiod")) {
    trust.ca = CaType::other;
    trust.ca_name = address;
  } else if (!signer.empty()) {
    trust.ca = CaType::other;
    trust.ca_name = signer;
  } else {
    trust.ca = CaType::istio_ca;
  }
}

void take_domains(const MeshTrustConfig& config, const Object* istiod, ClusterTrust& trust) {
  const bool elsewhere = !istiod_setting(istiod, "SHARED_MESH_CONFIG").empty();
  if (elsewhere)
    trust.unread.emplace_back("a part of the mesh configuration is in the ConfigMap of SHARED_MESH_CONFIG");
  trust.trust_domain = config.trust_domain;
  if (trust.trust_domain.empty() && !elsewhere) trust.trust_domain = "cluster.local";
  for (const std::string& alias : config.aliases) trust.aliases.insert(alias);
  for (const std::string& domain : config.certificate_domains) trust.client_domains.insert(domain);
}

/// Whether istiod signs with a plugged CA, by the metadata of Secrets, and whether it does so already: a root of its
/// own is named after the trust domain alone (istio-facts 6.3).
void take_secrets(const ClusterState& live, const std::string& ns, ClusterTrust& trust) {
  const auto secret = [&](const char* name) { return live.observe({"v1", "Secret", ns, name}); };
  const Observed plugged = secret(plugged_secret);
  if (std::holds_alternative<Unreadable>(plugged)) return;
  const auto* there = std::get_if<const Object*>(&plugged);
  trust.plugged = there != nullptr && !holds_key(**there, generated_key) ? Answer::yes : Answer::no;
  const Observed own = secret(self_signed_secret);
  trust.plugged_unused = trust.plugged == Answer::yes && std::holds_alternative<const Object*>(own) &&
                         trust.roots.size() == 1 && trust.roots.front().self_issued() &&
                         trust.roots.front().subject == "O=" + trust.trust_domain;
}

}  // namespace

ClusterTrust cluster_trust(const TrustSources& sources) {
  ClusterTrust trust{.cluster = sources.cluster};
  if (sources.live == nullptr || !sources.live->answered()) {
    trust.reads_peer_domain = trust.domain_readable = Answer::unknown;
    trust.unread.emplace_back("the cluster was not read");
    return trust;
  }
  trust.reads_peer_domain = reads_peer_configuration(sources.istiod);
  trust.domain_readable = configuration_is_readable(*sources.live, sources.system_namespace);
  trust.any_client_domain = is_switched_on(istiod_setting(sources.istiod, "PILOT_SKIP_VALIDATE_TRUST_DOMAIN"));
  if (!sources.has_config_maps) trust.unread.emplace_back("ConfigMaps of the system namespace could not be read");
  if (sources.has_config_maps && (sources.mesh_config == nullptr || !sources.mesh_config->is_object())) {
    trust.unread.emplace_back("the mesh configuration is missing, or is not a YAML map");
  } else if (sources.has_config_maps) {
    const MeshTrustConfig config = mesh_trust_config(*sources.mesh_config);
    take_ca(config, sources.injector == nullptr ? json() : *sources.injector, sources.istiod, trust);
    take_domains(config, sources.istiod, trust);
    take_added(config, sources.istiod, trust);
  }
  // Where Google signs, this ConfigMap says nothing about workloads (istio-facts 6.2).
  if (shows_roots(trust) || trust.ca == CaType::unknown) take_roots(sources, trust);
  take_secrets(*sources.live, sources.system_namespace, trust);
  return trust;
}

}  // namespace mesh::istio
