#include "providers/simulator/apiserver/registry/data.h"

namespace mesh::simulator {

nlohmann::json surface_data(std::string_view name) {
  for (const EmbeddedText& file : simulator_surface_data()) {
    if (file.name == name) return nlohmann::json::parse(file.text);
  }
  return nlohmann::json::array();
}

}  // namespace mesh::simulator
