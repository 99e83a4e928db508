#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mesh::simulator {

/// A member that a text gives more than once; the last one counts.
struct Duplicate {
  /// `spec.template.spec.containers[0].image`.
  std::string path;
  std::string key;
  /// 1-based; of JSON always 1.
  int line = 1;
};

/// A request's text as a tree, members in the order of the text.
struct BodyText {
  nlohmann::ordered_json value;
  std::vector<Duplicate> duplicates;
  /// Why it is none, in the server's words; empty: it is one.
  std::string error;
};

BodyText read_json(const std::string& text);

/// The first document; YAML 1.1's words for booleans (yes, off, …) count, as they do for the server.
BodyText read_yaml(const std::string& text);

/// `spec`, `spec.replicas`; items as `containers[0]`.
std::string member_path(const std::string& parent, const std::string& member);

}  // namespace mesh::simulator
