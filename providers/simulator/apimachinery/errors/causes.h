#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"

namespace mesh::simulator {

/// Collects what is wrong with an object, worded as the server words it.
class Causes {
 public:
  std::vector<Cause> all;

  void required(const std::string& field, const std::string& why = "");
  void invalid(const std::string& field, const nlohmann::json& value, const std::string& why);
  /// The same with the value already as the server prints it.
  void invalid_text(const std::string& field, const std::string& value, const std::string& why);
  void not_supported(const std::string& field, const nlohmann::json& value, const std::vector<std::string>& supported);
  void duplicate(const std::string& field, const nlohmann::json& value);
  void forbidden(const std::string& field, const std::string& why);
  void not_found(const std::string& field, const nlohmann::json& value);
  void too_long(const std::string& field, std::size_t most);
  void add(const std::string& reason, const std::string& field, const std::string& message);
};

/// `spec.ports[2]`.
std::string at_index(const std::string& field, std::size_t index);

/// The member, or null: never adds one.
const nlohmann::json& member_of(const nlohmann::json& object, const char* name);
std::string text_member(const nlohmann::json& object, const char* name);
/// 0 when it is no number.
long number_member(const nlohmann::json& object, const char* name);

}  // namespace mesh::simulator
