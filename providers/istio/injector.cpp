#include "providers/istio/injector.h"

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {

using nlohmann::json;

std::string revision_suffix(const std::string& revision) {
  return revision == default_revision ? std::string() : "-" + revision;
}

ObjectId injector_config_id(const std::string& system_namespace, const std::string& revision) {
  return {"v1", "ConfigMap", system_namespace, "istio-sidecar-injector" + revision_suffix(revision)};
}

std::optional<InjectorValues> injector_values(const Object& config_map) {
  const json values = foreign_json_or_discarded(text_at(config_map.body, {"data", "values"}));
  if (!values.is_object()) return std::nullopt;
  return InjectorValues{.network = text_at(values, {"global", "network"}),
                        .cluster_id = text_at(values, {"global", "multiCluster", "clusterName"}),
                        .mesh_id = text_at(values, {"global", "meshID"}),
                        .ca_address = text_at(values, {"global", "caAddress"})};
}

std::optional<std::string> injected_network(kubernetes::Client& client, const std::string& system_namespace,
                                            const std::string& revision, const kubernetes::CallLimits& limits) {
  auto answers = client.read_all({{.id = injector_config_id(system_namespace, revision)}}, limits);
  if (!answers.front() || answers.front()->objects.empty()) return std::nullopt;
  const auto values = injector_values(answers.front()->objects.front());
  if (!values) return std::nullopt;
  return values->network;
}

}  // namespace mesh::istio
