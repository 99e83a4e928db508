#include "providers/simulator/apiserver/registry/served_data.h"

namespace mesh::simulator {

nlohmann::json served_data(std::string_view name) {
  for (const EmbeddedText& file : simulator_served_data()) {
    if (file.name == name) return nlohmann::json::parse(file.text);
  }
  return nlohmann::json::array();
}

}  // namespace mesh::simulator
