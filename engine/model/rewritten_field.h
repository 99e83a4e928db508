#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/field_path.h"
#include "engine/model/object.h"

namespace mesh {

/// A field of an object that the API server stored otherwise than mesh sent it, because an admission webhook or policy
/// changes it. Never one of a Secret.
struct RewrittenField {
  std::string cluster = {};
  ObjectId id = {};
  FieldPath path = {};
  nlohmann::json sent = {};
  /// Nothing: the field was taken out.
  std::optional<nlohmann::json> stored = {};

  bool operator==(const RewrittenField&) const = default;
};

/// Puts what was stored where the body has what was sent. False: it has something else there.
bool put_stored(nlohmann::json& body, const RewrittenField& field);
/// Whether the body has what was stored.
bool has_stored(const nlohmann::json& body, const RewrittenField& field);
/// Whether one of them is about the same field.
bool is_of_same_field(const std::vector<RewrittenField>& fields, const RewrittenField& field);

}  // namespace mesh
