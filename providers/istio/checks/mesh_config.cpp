#include "providers/istio/checks/mesh_config.h"

#include <yaml-cpp/yaml.h>

namespace mesh::istio {
namespace {

/// A short text with aliases can stand for a huge value, and a person wrote it.
constexpr int most_nodes = 20'000;
constexpr int most_depth = 60;

class Converter {
 public:
  std::optional<nlohmann::json> convert(const YAML::Node& node, int depth = 0) {
    if (++nodes_ > most_nodes || depth > most_depth) return std::nullopt;
    if (node.IsMap()) return map(node, depth);
    if (node.IsSequence()) return sequence(node, depth);
    return nlohmann::json(node.IsScalar() ? node.Scalar() : std::string());
  }

 private:
  std::optional<nlohmann::json> map(const YAML::Node& node, int depth) {
    nlohmann::json value = nlohmann::json::object();
    for (const auto& entry : node) {
      auto below = convert(entry.second, depth + 1);
      if (!below || !entry.first.IsScalar()) return std::nullopt;
      value[entry.first.Scalar()] = std::move(*below);
    }
    return value;
  }

  std::optional<nlohmann::json> sequence(const YAML::Node& node, int depth) {
    nlohmann::json value = nlohmann::json::array();
    for (const auto& entry : node) {
      auto below = convert(entry, depth + 1);
      if (!below) return std::nullopt;
      value.push_back(std::move(*below));
    }
    return value;
  }

  int nodes_ = 0;
};

}  // namespace

std::optional<nlohmann::json> parse_mesh_config(const std::string& text) {
  try {
    return Converter().convert(YAML::Load(text));
  } catch (const YAML::Exception&) {
    return std::nullopt;
  }
}

}  // namespace mesh::istio
