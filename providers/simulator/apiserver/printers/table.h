#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/registry/registry.h"

namespace mesh::simulator {

enum class IncludeObject { none, metadata, object };

/// Nothing when the text is no such policy: 400 says so.
std::optional<IncludeObject> include_object(const std::string& text);

struct TableOptions {
  std::string version = "v1";                       // of meta.k8s.io
  IncludeObject include = IncludeObject::metadata;  // ?includeObject=
  bool columns = true;                              // a watch names them in its first event alone
  std::chrono::system_clock::time_point now;        // for ages
};

/// Shape: {kind Table, apiVersion meta.k8s.io/v1, metadata: that of the list, columnDefinitions, rows [{cells,
/// object}]}. `objects` are in `version` of the resource; `metadata` is the list's {resourceVersion, continue,
/// remainingItemCount}, or for a single object its own resourceVersion.
nlohmann::json table_of(const ResourceInfo& resource, const std::string& version, const std::vector<ObjectPtr>& objects,
                        const nlohmann::json& metadata, const TableOptions& options);

/// {kind PartialObjectMetadata, apiVersion meta.k8s.io/V, metadata}.
nlohmann::json partial_object(const nlohmann::json& object, const std::string& version = "v1");

/// "5m30s", as kubectl prints ages. `<unknown>` when `since` is no time.
std::string age_text(const std::string& since, std::chrono::system_clock::time_point now);

/// The same for a duration: "5s", "3m20s", "2d4h".
std::string human_duration(std::chrono::seconds duration);

}  // namespace mesh::simulator
