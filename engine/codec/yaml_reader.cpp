#include <yaml-cpp/yaml.h>

#include <fmt/format.h>

#include "engine/codec/yaml_text.h"

namespace mesh {
namespace {

tl::unexpected<Diagnostics> invalid(const std::string& file, const YAML::Mark& mark, std::string cause) {
  Position at{file, 0, 0};
  // yaml-cpp counts from 0, and knows no place for some errors.
  if (!mark.is_null()) {
    at.line = static_cast<std::size_t>(mark.line) + 1;
    at.column = static_cast<std::size_t>(mark.column) + 1;
  }
  return failure(Diagnostic{.code = Code::snapshot_invalid,
                            .at = std::move(at),
                            .summary = "file of a snapshot is not valid YAML",
                            .cause = std::move(cause),
                            .hint = "the state repository was changed by something else than mesh"});
}

/// A scalar without quotes, by the JSON schema of YAML 1.2; everything else is a string.
nlohmann::json plain(const std::string& text) {
  if (text.empty() || text == "null" || text == "~") return nullptr;
  if (text == "true") return true;
  if (text == "false") return false;
  const bool numeric = (text.front() >= '0' && text.front() <= '9') || text.front() == '-';
  if (numeric) {
    nlohmann::json number = nlohmann::json::parse(text, nullptr, false);
    if (number.is_number()) return number;
  }
  return text;
}

Result<nlohmann::json> value_of(const YAML::Node& node, const std::string& file) {
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      return nlohmann::json();
    case YAML::NodeType::Scalar:
      return node.Tag() == "?" ? plain(node.Scalar()) : nlohmann::json(node.Scalar());
    case YAML::NodeType::Sequence: {
      nlohmann::json list = nlohmann::json::array();
      for (const YAML::Node& item : node) {
        Result<nlohmann::json> value = value_of(item, file);
        if (!value) return value;
        list.push_back(std::move(*value));
      }
      return list;
    }
    case YAML::NodeType::Map: {
      nlohmann::json map = nlohmann::json::object();
      for (const auto& item : node) {
        if (!item.first.IsScalar()) return invalid(file, item.first.Mark(), "a key is no string");
        const std::string& key = item.first.Scalar();
        if (map.contains(key)) return invalid(file, item.first.Mark(), fmt::format("`{}` stands twice", key));
        Result<nlohmann::json> value = value_of(item.second, file);
        if (!value) return value;
        map[key] = std::move(*value);
      }
      return map;
    }
  }
  return nlohmann::json();
}

}  // namespace

Result<nlohmann::json> parse_yaml(const std::string& text, const std::string& file_name) {
  try {
    return value_of(YAML::Load(text), file_name);
  } catch (const YAML::Exception& error) {
    return invalid(file_name, error.mark, error.msg);
  }
}

}  // namespace mesh
