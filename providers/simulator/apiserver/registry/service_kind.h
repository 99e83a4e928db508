#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/cluster.h"

namespace mesh::simulator {

/// A Service's update keeps the address and ports that it was given, where it names none; a change of type drops what
/// the new type has not. `before` null: a create.
void keep_allocated(const nlohmann::json& before, nlohmann::json& service);

/// Gives addresses (clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy), node ports and the health check's node port
/// where they are needed. Errors: 422 for addresses and ports that are taken or out of range.
/// A dry run shows what cannot be given, as the real server does.
std::optional<ApiError> allocate_service(Cluster& cluster, const nlohmann::json& before, nlohmann::json& service,
                                         bool dry_run);

/// The first address of the range, which the service `kubernetes` has.
std::string first_service_address(const std::string& range);

}  // namespace mesh::simulator
