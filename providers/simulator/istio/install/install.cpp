#include "providers/simulator/istio/install/install.h"

#include <fmt/format.h>

#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/istio/install/istio_objects.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* manager = "istio-operator";

}  // namespace

std::string apply_object(ApiServer& api, const json& object, const std::string& by) {
  const std::string target = fmt::format("{}?fieldManager={}&force=true", path_of(object), by);
  const CallResult made = api.call(by, "PATCH", target, object, "application/apply-patch+yaml");
  if (made.ok()) return {};
  const std::string message = text(made.body, {"message"});
  return fmt::format("{}: {}", path_of(object), message.empty() ? fmt::format("status {}", made.status) : message);
}

std::string install_istio(ApiServer& api, const InstallSettings& settings) {
  for (const json& definition : mesh_definitions()) {
    if (api.find("customresourcedefinitions.apiextensions.k8s.io", "", name_of(definition)) != nullptr) continue;
    const std::string path = path_of(definition);
    const CallResult made = api.call(manager, "POST", path.substr(0, path.rfind('/')), definition);
    if (!made.ok() && made.status != 409) return fmt::format("POST {}: {}", path, made.body.dump());
  }
  for (const json& object : istio_objects(settings)) {
    if (std::string refused = apply_object(api, object, manager); !refused.empty()) return refused;
  }
  return {};
}

}  // namespace mesh::simulator
