#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "providers/kubernetes/kubeconfig/located.h"

// Private to kubeconfig.cpp: included there and in its own .cpp only, so that yaml-cpp is seen nowhere else.
namespace mesh::kubernetes {

/// Reads typed fields out of YAML mappings and collects what is wrong with them. Never quotes a value: it may be a
/// credential.
class YamlReader {
 public:
  YamlReader(std::string file, Diagnostics& found) : file_(std::move(file)), found_(found) {}

  Position at(const YAML::Node& node) const;
  void report(Code code, const YAML::Node& node, std::string cause, std::string hint = {});

  /// A mapping whose keys are known to be different texts; reports otherwise. Null counts as an empty mapping.
  bool is_map(const YAML::Node& node, const std::string& what);
  Located text(const YAML::Node& map, const std::string& key);
  bool flag(const YAML::Node& map, const std::string& key);
  std::vector<std::string> texts(const YAML::Node& map, const std::string& key);
  /// Calls `each` for every item of the list under `key`; reports when it is no list.
  void items(const YAML::Node& map, const std::string& key, const std::function<void(const YAML::Node&)>& each);
  /// The node as JSON, at most `budget` nodes of it (aliases may repeat themselves without end).
  nlohmann::json json(const YAML::Node& node, std::size_t& budget, int depth = 0);

 private:
  std::string file_;
  Diagnostics& found_;
};

}  // namespace mesh::kubernetes
