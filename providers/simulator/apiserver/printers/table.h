#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/registry/resource_info.h"

namespace mesh::simulator {

/// What stands beside the cells of a row: ?includeObject=.
enum class IncludeObject { none, metadata, object };

/// Nothing when the text is no such policy: 400 says so.
std::optional<IncludeObject> include_object(const std::string& text);

struct TableOptions {
  IncludeObject include = IncludeObject::metadata;
  bool columns = true;                        // a watch names them in its first event alone
  std::chrono::system_clock::time_point now;  // for ages
};

/// Shape: {kind Table, apiVersion meta.k8s.io/v1, metadata: that of the list, columnDefinitions, rows [{cells,
/// object}]}. Columns: Name, Ready and Status where the kind has them, Age. `objects` have apiVersion and kind;
/// `metadata` is the list's {resourceVersion, continue, remainingItemCount}, or for a single object its own
/// resourceVersion.
nlohmann::json table_of(const ResourceInfo& resource, const std::vector<nlohmann::json>& objects,
                        const nlohmann::json& metadata, const TableOptions& options);

/// A time that has passed, as kubectl prints ages: "5s", "3m20s", "2d4h".
std::string human_duration(std::chrono::seconds duration);

}  // namespace mesh::simulator
