#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"

namespace mesh::simulator {

/// Collects what is wrong with an object. Reason and field are those of a real server; its wording is not copied, and a
/// field that it names several times with one reason is named once.
class Causes {
 public:
  std::vector<Cause> all;

  void required(const std::string& field, const std::string& why = "");
  void invalid(const std::string& field, const nlohmann::json& value, const std::string& why);
  void duplicate(const std::string& field, const nlohmann::json& value);
  void forbidden(const std::string& field, const std::string& why);
  void add(const std::string& reason, const std::string& field, const std::string& message);

  /// Nothing when `why` is empty: for the rules of name_rules.h.
  void invalid_if(const std::string& why, const std::string& field, const nlohmann::json& value);
  void too_long_if(bool is_longer, const std::string& field, std::size_t most);
  /// The text has to be one of these.
  void one_of(const std::string& field, const std::string& value, std::initializer_list<const char*> supported);
  void not_negative(const std::string& field, const nlohmann::json& number);
};

/// `spec.ports[2]`.
std::string at_index(const std::string& field, std::size_t index);

}  // namespace mesh::simulator
