#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/codec/json_reader.h"
#include "engine/model/change.h"
#include "engine/model/plan.h"

// The parts that several documents share.
namespace mesh {

nlohmann::ordered_json text_or_null(const std::string& text);
nlohmann::ordered_json text_or_null(const std::optional<std::string>& text);

nlohmann::ordered_json to_json(const Diagnostic& diagnostic);
nlohmann::ordered_json to_json(const Diagnostics& diagnostics);
/// Null when there are none.
nlohmann::ordered_json error_or_null(const Diagnostics& diagnostics);
nlohmann::ordered_json to_json(const PlannedCluster& cluster);
/// {api_version, kind, namespace, name}: the start of every object entry.
nlohmann::ordered_json to_json(const ObjectId& id);

/// Reads the list of diagnostics under `key`.
Diagnostics read_diagnostics(JsonObjectReader& from, std::string_view key, JsonProblems& problems, bool or_null);
/// [{namespace, uid}], and back from the list under `uids`.
nlohmann::ordered_json uids_json(const ClusterUids& uids);
ClusterUids read_uids(JsonObjectReader& from, JsonProblems& problems);
/// [{cluster, address, reason}]: the clusters that could not be read, without an address; a plan adds its unknown
/// actions.
nlohmann::ordered_json incomplete_json(const std::vector<PlannedCluster>& clusters);
PlannedCluster read_cluster(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems);
/// Reads the four fields of an identity; the rest of the object is the caller's.
ObjectId read_id(JsonObjectReader& from);
/// Whether `format` is what it must be; tells when not.
bool check_format(const nlohmann::json& document, std::string_view format, JsonProblems& problems);

/// The body without the values of a Secret, whatever the caller left in it: none may ever reach a file.
nlohmann::json without_secret_values(nlohmann::json body);

}  // namespace mesh
