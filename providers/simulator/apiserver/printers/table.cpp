#include "providers/simulator/apiserver/printers/table.h"

#include <fmt/format.h>

#include "engine/base/time.h"
#include "providers/simulator/apiserver/printers/pod_summary.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// The columns of a kind between its name and its age.
struct Columns {
  bool ready = false, status = false;
};

Columns columns_of(const ResourceInfo& resource) {
  const std::string name = resource_text(resource.name());
  const bool replicated = name == "deployments.apps" || name == "replicasets.apps";
  return {.ready = name == "pods" || replicated, .status = name == "pods" || name == "namespaces" || name == "nodes"};
}

json definitions_of(const Columns& columns) {
  json definitions = json::array();
  const auto add = [&](const char* name, const char* format) {
    definitions.push_back(
        {{"name", name}, {"type", "string"}, {"format", format}, {"description", ""}, {"priority", 0}});
  };
  add("Name", "name");
  if (columns.ready) add("Ready", "");
  if (columns.status) add("Status", "");
  add("Age", "");
  return definitions;
}

std::string ready_text(const ResourceInfo& resource, const json& object) {
  if (resource.plural == "pods") return pod_summary(object).ready;
  return fmt::format("{}/{}", number(object, {"status", "readyReplicas"}), number(object, {"spec", "replicas"}));
}

std::string status_text(const ResourceInfo& resource, const json& object) {
  if (resource.plural == "pods") return pod_summary(object).status;
  if (resource.plural == "nodes") return is_true(object, "Ready") ? "Ready" : "NotReady";
  return text(object, {"status", "phase"});
}

std::string age_text(const json& object, std::chrono::system_clock::time_point now) {
  const auto since = parse_rfc3339(text(object, {"metadata", "creationTimestamp"}));
  return since ? human_duration(std::chrono::floor<std::chrono::seconds>(now - *since)) : "<unknown>";
}

json shown_object(const json& object, IncludeObject include) {
  if (include == IncludeObject::none) return nullptr;
  if (include == IncludeObject::object) return object;
  return {{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/v1"}, {"metadata", object.at("metadata")}};
}

}  // namespace

std::optional<IncludeObject> include_object(const std::string& text) {
  if (text.empty() || text == "Metadata") return IncludeObject::metadata;
  if (text == "None") return IncludeObject::none;
  if (text == "Object") return IncludeObject::object;
  return std::nullopt;
}

json table_of(const ResourceInfo& resource, const std::vector<json>& objects, const json& metadata,
              const TableOptions& options) {
  const Columns columns = columns_of(resource);
  json rows = json::array();
  for (const json& object : objects) {
    json cells = json::array({name_of(object)});
    if (columns.ready) cells.push_back(ready_text(resource, object));
    if (columns.status) cells.push_back(status_text(resource, object));
    cells.push_back(age_text(object, options.now));
    rows.push_back({{"cells", std::move(cells)}, {"object", shown_object(object, options.include)}});
  }
  json own = metadata;
  if (text(own, {"continue"}).empty()) own.erase("continue");
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", own},
          {"columnDefinitions", options.columns ? definitions_of(columns) : json()},
          {"rows", rows}};
}

std::string human_duration(std::chrono::seconds duration) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  constexpr std::int64_t year = 365 * day;
  /// From `from` on in `unit`, before `alone` with the smaller unit beside it.
  struct Step {
    std::int64_t from, unit, alone, small_unit;
    char name, small_name;
  };
  constexpr Step steps[] = {{8 * year, year, 0, day, 'y', 'd'},    {2 * year, year, 8 * year, day, 'y', 'd'},
                            {8 * day, day, 0, hour, 'd', 'h'},     {2 * day, day, 8 * day, hour, 'd', 'h'},
                            {8 * hour, hour, 0, minute, 'h', 'm'}, {3 * hour, hour, 8 * hour, minute, 'h', 'm'},
                            {10 * minute, minute, 0, 1, 'm', 's'}, {2 * minute, minute, 10 * minute, 1, 'm', 's'}};
  const std::int64_t seconds = std::max<std::int64_t>(duration.count(), 0);
  for (const Step& step : steps) {
    if (seconds < step.from) continue;
    const std::int64_t small = seconds % step.unit / step.small_unit;
    const std::string large = fmt::format("{}{}", seconds / step.unit, step.name);
    return step.alone == 0 || small == 0 ? large : fmt::format("{}{}{}", large, small, step.small_name);
  }
  return fmt::format("{}s", seconds);
}

}  // namespace mesh::simulator
