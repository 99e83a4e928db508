#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/fake_client.h"

namespace mesh::testing {

/// What an installation of Istio says of itself, where checks look.
struct Installation {
  std::string cluster_id;
  std::string network;
  std::string mesh_id = "proj-1";
  std::string revision = "asm-1233-2";
  std::string trust_domain = "cluster.local";
};

/// All objects of a sound installation: istiod and its Service, ConfigMaps, the injector's webhooks, and the CRD of
/// Gateway.
void complete_installation(FakeServer& server, const Installation& installation);

/// Changes the values in the injector's ConfigMap, the text of the mesh configuration, any object.
void edit_injector(FakeServer& server, const std::function<void(nlohmann::json& values)>& edit,
                   const std::string& revision = "asm-1233-2");
void edit_mesh_config(FakeServer& server, const std::function<void(std::string& text)>& edit,
                      const std::string& revision = "asm-1233-2");

}  // namespace mesh::testing
