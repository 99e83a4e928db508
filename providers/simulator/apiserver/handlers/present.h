#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"

namespace mesh::simulator {

/// An object in one version, as a watch or get sends it: {"kind":…,"apiVersion":…,…}.
std::string object_text(const Stored& stored, const std::string& api_version);
/// The same as JSON.
nlohmann::json object_in(const Stored& stored, const std::string& api_version);
/// Without kind and apiVersion, as items of a built-in kind's list are.
std::string item_text(const Stored& stored, const ResourceInfo& resource, const std::string& api_version);

/// One object in the accepted form. `status` 200 or 201.
Answer object_answer(const Cluster& cluster, const Exchange& exchange, const Stored& stored, int status = 200);

/// A list in the accepted form. `metadata`: {resourceVersion, continue, remainingItemCount}.
Answer list_answer(const Cluster& cluster, const Exchange& exchange, const std::vector<StoredPtr>& objects,
                   const nlohmann::json& metadata);

/// What the accepted form cannot show: 406, for an object that is asked for as a list or the other way round.
ApiError not_acceptable(const std::string& message);

ApiResponse json_answer(const nlohmann::json& body, int status = 200);
ApiResponse error_answer(const ApiError& error);
ApiResponse from_reply(const Reply& reply);
/// A Status that the surface has written, as an error.
ApiError error_of(const Reply& reply);

}  // namespace mesh::simulator
