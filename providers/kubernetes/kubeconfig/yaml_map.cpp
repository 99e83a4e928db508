#include "providers/kubernetes/kubeconfig/yaml_map.h"

#include <fmt/format.h>

#include <array>
#include <set>

namespace mesh::kubernetes {
namespace {

/// Whether a plain (unquoted) scalar is a number or a boolean to YAML, and therefore not a text to kubectl. The other
/// words that YAML 1.1 takes for booleans (y, no, on, …) are let pass: nobody means them as such here.
bool is_other_type(const YAML::Node& node) {
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") return false;
  const std::string& text = node.Scalar();
  double number = 0;
  return text == "true" || text == "false" || YAML::convert<double>::decode(node, number);
}

}  // namespace

Position YamlReader::at(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  if (mark.is_null()) return {file_, 0, 0};
  return {file_, static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

void YamlReader::report(Code code, const YAML::Node& node, std::string cause, std::string hint) {
  found_.push_back({.code = code,
                    .at = at(node),
                    .summary = code == Code::duplicate_key ? "key is given twice" : "kubeconfig is not valid",
                    .cause = std::move(cause),
                    .hint = std::move(hint)});
}

bool YamlReader::is_map(const YAML::Node& node, const std::string& what) {
  if (!node.IsDefined() || node.IsNull()) return true;
  if (!node.IsMap()) {
    report(Code::kubeconfig_invalid, node, fmt::format("{} is not a mapping", what));
    return false;
  }
  std::set<std::string> seen;
  bool good = true;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      report(Code::kubeconfig_invalid, entry.first, fmt::format("a key of {} is not a text", what));
      good = false;
    } else if (!seen.insert(entry.first.Scalar()).second) {
      report(Code::duplicate_key, entry.first, fmt::format("`{}` occurs twice in {}", entry.first.Scalar(), what),
             "keep one of them");
      good = false;
    }
  }
  return good;
}

Located YamlReader::text(const YAML::Node& map, const std::string& key) {
  const YAML::Node node = map[key];
  if (!node.IsDefined() || node.IsNull()) return {};
  if (!node.IsScalar() || is_other_type(node)) {
    report(Code::kubeconfig_invalid, node, fmt::format("`{}` is not a text", key),
           node.IsScalar() ? "put the value in quotes" : "");
    return {};
  }
  return {node.Scalar(), at(node)};
}

bool YamlReader::flag(const YAML::Node& map, const std::string& key) {
  const YAML::Node node = map[key];
  if (!node.IsDefined() || node.IsNull()) return false;
  bool value = false;
  const bool quoted = node.IsScalar() && node.Tag() == "!";
  if (!node.IsScalar() || quoted || !YAML::convert<bool>::decode(node, value)) {
    report(Code::kubeconfig_invalid, node, fmt::format("`{}` is neither true nor false", key),
           "write `true` or `false`");
  }
  return value;
}

std::vector<std::string> YamlReader::texts(const YAML::Node& map, const std::string& key) {
  std::vector<std::string> values;
  items(map, key, [&](const YAML::Node& item) {
    if (item.IsScalar() && !is_other_type(item)) {
      values.push_back(item.Scalar());
    } else {
      report(Code::kubeconfig_invalid, item, fmt::format("an item of `{}` is not a text", key),
             item.IsScalar() ? "put the value in quotes" : "");
    }
  });
  return values;
}

void YamlReader::items(const YAML::Node& map, const std::string& key,
                       const std::function<void(const YAML::Node&)>& each) {
  const YAML::Node node = map[key];
  if (!node.IsDefined() || node.IsNull()) return;
  if (!node.IsSequence()) {
    report(Code::kubeconfig_invalid, node, fmt::format("`{}` is not a list", key));
    return;
  }
  for (const auto& item : node) each(item);
}

nlohmann::json YamlReader::json(const YAML::Node& node, std::size_t& budget, int depth) {
  // An alias may name what it stands in.
  constexpr int deepest = 60;
  if (budget == 0 || depth > deepest || !node.IsDefined() || node.IsNull()) return nullptr;
  --budget;
  if (node.IsSequence()) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& item : node) list.push_back(json(item, budget, depth + 1));
    return list;
  }
  if (node.IsMap()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& entry : node) {
      if (entry.first.IsScalar()) object[entry.first.Scalar()] = json(entry.second, budget, depth + 1);
    }
    return object;
  }
  if (node.Tag() == "!") return node.Scalar();
  long long whole = 0;
  double number = 0;
  bool flag = false;
  if (YAML::convert<long long>::decode(node, whole)) return whole;
  if (YAML::convert<double>::decode(node, number)) return number;
  if (YAML::convert<bool>::decode(node, flag)) return flag;
  return node.Scalar();
}

}  // namespace mesh::kubernetes
