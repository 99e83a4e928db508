#include "providers/istio/injector.h"

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {

using nlohmann::json;

std::optional<std::string> injected_network(kubernetes::Client& client, const std::string& system_namespace,
                                            const std::string& revision, const kubernetes::CallLimits& limits) {
  const std::string suffix = revision == default_revision ? "" : "-" + revision;
  const ObjectId id{"v1", "ConfigMap", system_namespace, "istio-sidecar-injector" + suffix};
  auto answers = client.read_all({{.id = id}}, limits);
  if (!answers.front() || answers.front()->objects.empty()) return std::nullopt;
  const json values = json::parse(text_at(answers.front()->objects.front().body, {"data", "values"}), nullptr, false);
  if (!values.is_object()) return std::nullopt;
  return text_at(values, {"global", "network"});
}

}  // namespace mesh::istio
