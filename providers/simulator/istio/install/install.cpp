#include "providers/simulator/istio/install/install.h"

#include <fmt/format.h>

#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/objects/read.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator::world {
namespace {

using nlohmann::json;

constexpr const char* manager = "istio-operator";

std::string path_of(const json& object) {
  const std::string version = text(object, {"apiVersion"});
  const std::string ns = namespace_of(object);
  return fmt::format("{}/{}{}/{}/{}", version == "v1" ? "/api" : "/apis", version,
                     ns.empty() ? "" : "/namespaces/" + ns, resource_of(object).plural, name_of(object));
}

}  // namespace

std::string install_istio(ApiServer& api, const InstallSettings& settings) {
  for (const json& definition : mesh_definitions()) {
    if (api.find("customresourcedefinitions.apiextensions.k8s.io", "", name_of(definition)) != nullptr) continue;
    const std::string path = path_of(definition);
    const CallResult made = api.call(manager, "POST", path.substr(0, path.rfind('/')), definition);
    if (!made.ok() && made.status != 409) return fmt::format("POST {}: {}", path, made.body.dump());
  }
  for (const json& object : istio_objects(settings)) {
    const std::string target = path_of(object) + "?fieldManager=istio-operator&force=true";
    const CallResult made = api.call(manager, "PATCH", target, object, "application/apply-patch+yaml");
    if (!made.ok()) return fmt::format("PATCH {}: {}", target, made.body.dump());
  }
  return {};
}

}  // namespace mesh::simulator::world
