#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mesh::rehearse {

/// The string at a place; null: there is none.
const std::string* text_at(const nlohmann::json& object, const nlohmann::json::json_pointer& at);

/// Of `metadata`: a label or an annotation; empty: not there.
std::string text_of(const nlohmann::json& object, const char* group, const char* key);

bool is_remote_secret(const nlohmann::json& object);

/// The ids of the clusters to which a remote Secret leads. Every key of the data is a cluster (istio-facts 5.1). Who
/// owns the keys tells them where the values were not read.
std::vector<std::string> ids_of(const nlohmann::json& secret);

}  // namespace mesh::rehearse
