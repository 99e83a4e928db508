#include "providers/simulator/istio/install/istio_objects.h"

#include <map>

#include "engine/base/digest.h"
#include "providers/simulator/istio/install/istiod_texts.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using Values = std::map<std::string, std::string>;

std::string filled(std::string text, const Values& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "{{" + name + "}}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

json object(const char* text, const Values& values) { return json::parse(filled(text, values)); }

/// Of the certificate authority: the words that injector and proxies are given (istio-facts 6.1).
void add_authority(Values& values, const InstallSettings& settings) {
  switch (settings.ca) {
    case CertificateAuthority::mesh_ca:
      values["CA_PROVIDER"] = "GoogleCA";
      values["CA_ADDRESS"] = "meshca.googleapis.com:443";
      break;
    case CertificateAuthority::ca_service:
      values["CA_PROVIDER"] = "GoogleCAS";
      values["CA_ADDRESS"] = "privateca.googleapis.com:443";
      values["CA_NAME"] = settings.ca_pool;
      break;
    case CertificateAuthority::istio_ca:
      values["CA_PROVIDER"] = "Citadel";
      break;
  }
}

Values values_of(const InstallSettings& settings) {
  const bool plain = settings.revision == "default";
  Values values = {
      {"REV", settings.revision},
      {"-REV", plain ? "" : "-" + settings.revision},
      {"REVISION", plain ? "" : settings.revision},
      {"NS", settings.system_namespace},
      {"CLUSTER_ID", settings.cluster_id},
      {"MESH_ID", settings.mesh_id},
      {"NETWORK", settings.network},
      {"TRUST_DOMAIN", settings.trust_domain},
      {"VERSION", settings.version},
      {"REPLICAS", std::to_string(settings.replicas)},
      {"HUB", settings.version.find("asm") == std::string::npos ? "docker.io/istio" : "gcr.io/gke-release/asm"},
      {"AUDIENCES", "istio-ca," + settings.trust_domain},
      {"CA_ADDRESS", ""},
      {"CA_NAME", ""}};
  add_authority(values, settings);
  return values;
}

json named(const char* version, const char* kind, const std::string& ns, const std::string& name, json labels = {}) {
  json made = {{"apiVersion", version}, {"kind", kind}, {"metadata", {{"name", name}}}};
  if (!ns.empty()) made["metadata"]["namespace"] = ns;
  if (!labels.empty()) made["metadata"]["labels"] = std::move(labels);
  return made;
}

json config_map(const Values& values, const std::string& name, json data) {
  json map =
      named("v1", "ConfigMap", values.at("NS"), name, {{"istio.io/rev", values.at("REV")}, {"release", "istio"}});
  map["data"] = std::move(data);
  return map;
}

std::string mesh_config(const Values& values, const InstallSettings& settings) {
  std::string text = filled(mesh_config_text, values);
  for (const std::string& alias : settings.trust_aliases) text += "- " + alias + "\n";
  if (settings.trust_aliases.empty()) text.erase(text.rfind("trustDomainAliases:"));
  return text;
}

json expression(const char* key, const char* how, const std::vector<std::string>& some = {}) {
  json one = {{"key", key}, {"operator", how}};
  if (!some.empty()) one["values"] = some;
  return one;
}

json webhook(const Values& values, const char* prefix, json of_namespace, json of_pod) {
  json one = object(injector_webhook_text, values);
  one["name"] = std::string(prefix) + one["name"].get<std::string>();
  one["namespaceSelector"] = {{"matchExpressions", std::move(of_namespace)}};
  one["objectSelector"] = {{"matchExpressions", std::move(of_pod)}};
  return one;
}

json injector(const Values& values) {
  const json desired = expression("sidecar.istio.io/inject", "NotIn", {"false"});
  const json asked = expression("sidecar.istio.io/inject", "In", {"true"});
  const json revision = expression("istio.io/rev", "In", {values.at("REV")});
  const json no_revision = expression("istio.io/rev", "DoesNotExist");
  const json no_injection = expression("istio-injection", "DoesNotExist");
  const json enabled = expression("istio-injection", "In", {"enabled"});
  json made = object(injector_text, values);
  json& hooks = made["webhooks"];
  hooks.push_back(webhook(values, "rev.namespace.", json::array({revision, no_injection}), json::array({desired})));
  hooks.push_back(
      webhook(values, "rev.object.", json::array({no_revision, no_injection}), json::array({desired, revision})));
  if (values.at("REV") == "default") {
    hooks.push_back(webhook(values, "namespace.", json::array({enabled}), json::array({desired})));
    hooks.push_back(
        webhook(values, "object.", json::array({no_injection, no_revision}), json::array({asked, no_revision})));
  }
  return made;
}

json secret(const Values& values, const char* name, const char* type, const std::map<std::string, std::string>& data) {
  json made = named("v1", "Secret", values.at("NS"), name);
  made["type"] = type;
  for (const auto& [key, value] : data) made["data"][key] = base64_encode(value);
  return made;
}

/// What istiod signs with: a root that was plugged in, or one of its own.
json signing_secret(const Values& values, const InstallSettings& settings) {
  if (settings.plugged) {
    return secret(values, "cacerts", "Opaque",
                  {{"ca-cert.pem", settings.plugged->certificate},
                   {"ca-key.pem", settings.plugged->key},
                   {"cert-chain.pem", settings.plugged->chain},
                   {"root-cert.pem", settings.plugged->root}});
  }
  const SigningAuthority own = make_root(settings.trust_domain);
  return secret(values, "istio-ca-secret", "istio.io/ca-root",
                {{"ca-cert.pem", own.certificate},
                 {"ca-key.pem", own.key},
                 {"root-cert.pem", own.root},
                 {"cert-chain.pem", ""},
                 {"key.pem", ""}});
}

}  // namespace

std::vector<json> istio_objects(const InstallSettings& settings) {
  const Values values = values_of(settings);
  const std::string& ns = settings.system_namespace;
  const std::string suffix = values.at("-REV");
  json home = named("v1", "Namespace", "", ns);
  if (settings.label_namespace) home["metadata"]["labels"] = {{"topology.istio.io/network", settings.network}};
  std::vector<json> objects = {std::move(home)};
  objects.push_back(named("v1", "ServiceAccount", ns, "istiod" + suffix,
                          {{"app", "istiod"}, {"istio.io/rev", settings.revision}, {"release", "istio"}}));
  objects.push_back(named("v1", "ServiceAccount", ns, "istio-reader-service-account",
                          {{"app", "istio-reader"}, {"release", "istio"}}));
  objects.push_back(signing_secret(values, settings));
  objects.push_back(config_map(values, "istio" + suffix,
                               {{"mesh", mesh_config(values, settings)}, {"meshNetworks", "networks: {}"}}));
  const std::string config =
      "defaultTemplates: [sidecar]\npolicy: enabled\ntemplates:\n  gateway: \"\"\n  sidecar: \"\"\n";
  objects.push_back(config_map(values, "istio-sidecar-injector" + suffix,
                               {{"config", config}, {"values", filled(injector_values_text, values)}}));
  objects.push_back(object(istiod_service_text, values));
  objects.push_back(injector(values));
  objects.push_back(object(istiod_deployment_text, values));
  return objects;
}

}  // namespace mesh::simulator
