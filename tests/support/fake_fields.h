#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/model/field_schema.h"

namespace mesh::testing {

/// A path as FieldsV1 keys: `f:spec`, `f:ports`, `k:{"port":1,"protocol":"TCP"}`.
using FieldKeys = std::vector<std::string>;
using FieldSet = std::set<FieldKeys>;

/// Every field of a body that can be owned, with its value; items of keyed lists stand for themselves too, with null.
/// Left out: apiVersion, kind, status, and the identity in the metadata. Written apart from the planner's own walk, so
/// that the two check each other.
std::map<FieldKeys, nlohmann::json> flatten(const nlohmann::json& body, const FieldSchema& schema);

/// The config laid over the live body, as server-side apply merges.
nlohmann::json merge(const nlohmann::json& live, const nlohmann::json& config, const FieldSchema& schema);

/// Takes a field out, and with it the maps and lists that become empty.
void erase(nlohmann::json& body, const FieldKeys& path);

/// FieldsV1 of a set of paths, and back.
nlohmann::json to_fields_v1(const FieldSet& paths);
FieldSet from_fields_v1(const nlohmann::json& fields);

}  // namespace mesh::testing
