#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// An object in one version of its kind; versions differ in apiVersion alone.
nlohmann::json object_in(const Stored& stored, const std::string& api_version);

/// An object as a get or watch sends it, but for tables: {"kind":…,"apiVersion":…,…}.
std::string object_text(const Stored& stored, const std::string& api_version, Form form);

/// One object in the desired form. `status` 200 or 201. Errors: 400, 406.
Answer object_answer(const Cluster& cluster, const Exchange& exchange, const Stored& stored, int status = 200);

/// A list in the desired form. `metadata`: {resourceVersion, continue, remainingItemCount}. Errors: 400, 406.
Answer list_answer(const Cluster& cluster, const Exchange& exchange, const std::vector<StoredPtr>& objects,
                   const nlohmann::json& metadata);

/// 406: the Accept header names no form that can be had.
ApiError not_acceptable();

}  // namespace mesh::simulator
