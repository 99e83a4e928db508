#include "providers/simulator/apiserver/printers/table.h"

#include <fmt/format.h>

#include "providers/simulator/apiserver/printers/cells.h"
#include "providers/simulator/apiserver/printers/time_text.h"
#include "providers/simulator/apiserver/registry/data.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using Definitions = std::map<std::string, json>;

CellMakers read_makers() {
  CellMakers makers;
  add_pod_cells(makers);
  add_workload_cells(makers);
  add_network_cells(makers);
  add_other_cells(makers);
  return makers;
}

/// Column definitions by "GROUP/VERSION resource".
Definitions read_definitions() {
  Definitions found;
  for (const json& entry : surface_data("columns")) {
    found[entry.at("groupVersion").get<std::string>() + " " + entry.at("resource").get<std::string>()] =
        entry.at("columns");
  }
  return found;
}

const Definitions& definitions() {
  static const Definitions all = read_definitions();
  return all;
}

json created_column(const char* name) {
  const json& roles = definitions().at("rbac.authorization.k8s.io/v1 roles");
  json column = roles.at(1);
  column["name"] = name;
  return column;
}

json custom_definitions(const std::vector<PrinterColumn>& columns) {
  json made = json::array({definitions().at("rbac.authorization.k8s.io/v1 roles").at(0)});
  if (columns.empty()) made.push_back(created_column("Age"));
  for (const PrinterColumn& one : columns) {
    const std::string description = one.description.empty()
                                        ? "Custom resource definition column (in JSONPath format): " + one.json_path
                                        : one.description;
    made.push_back({{"name", one.name},
                    {"type", one.type},
                    {"format", one.format},
                    {"description", description},
                    {"priority", one.priority}});
  }
  return made;
}

json definitions_of(const ResourceInfo& resource, const std::string& version) {
  if (resource.custom) {
    const VersionInfo* info = resource.version(version);
    return custom_definitions(info == nullptr ? std::vector<PrinterColumn>{} : info->columns);
  }
  const auto found = definitions().find(resource.api_version(version) + " " + resource.plural);
  return found == definitions().end() ? custom_definitions({}) : found->second;
}

json cells_of(const ResourceInfo& resource, const std::string& version, const json& object, Now now) {
  static const CellMakers makers = read_makers();
  json cells = json::array({text_member(object, "/metadata/name")});
  if (resource.custom) {
    const VersionInfo* info = resource.version(version);
    for (json& cell : custom_cells(info == nullptr ? std::vector<PrinterColumn>{} : info->columns, object, now)) {
      cells.push_back(std::move(cell));
    }
    return cells;
  }
  const auto maker = makers.find(resource.name());
  if (maker == makers.end()) {
    cells.push_back(text_member(object, "/metadata/creationTimestamp"));
    return cells;
  }
  json made = maker->second(object, now);
  if (resource.plural == "events") return made;
  for (json& cell : made) cells.push_back(std::move(cell));
  return cells;
}

/// A pod that is over: kubectl hides it when asked.
json row_conditions(const ResourceInfo& resource, const json& object) {
  const std::string phase = text_member(object, "/status/phase");
  if (resource.plural != "pods" || (phase != "Succeeded" && phase != "Failed")) return nullptr;
  return json::array({{{"type", "Completed"},
                       {"status", "True"},
                       {"reason", phase},
                       {"message", phase == "Failed" ? "The pod failed." : "The pod has completed successfully."}}});
}

json shown_object(const ResourceInfo& resource, const std::string& version, const json& object,
                  const TableOptions& options) {
  if (options.include == IncludeObject::none) return nullptr;
  if (options.include == IncludeObject::metadata) return partial_object(object, options.version);
  json whole = object;
  whole["kind"] = resource.kind;
  whole["apiVersion"] = resource.api_version(version);
  return whole;
}

}  // namespace

std::optional<IncludeObject> include_object(const std::string& text) {
  if (text.empty() || text == "Metadata") return IncludeObject::metadata;
  if (text == "None") return IncludeObject::none;
  if (text == "Object") return IncludeObject::object;
  return std::nullopt;
}

json table_of(const ResourceInfo& resource, const std::string& version, const std::vector<ObjectPtr>& objects,
              const json& metadata, const TableOptions& options) {
  json rows = json::array();
  for (const ObjectPtr& object : objects) {
    json row = {{"cells", cells_of(resource, version, *object, options.now)},
                {"object", shown_object(resource, version, *object, options)}};
    if (json conditions = row_conditions(resource, *object); !conditions.is_null()) {
      row["conditions"] = std::move(conditions);
    }
    rows.push_back(std::move(row));
  }
  // Kinds without columns of their own have no list of rows when there are none.
  if (rows.empty() && (resource.plural == "roles" || resource.plural == "clusterroles")) rows = nullptr;
  json own = metadata.is_object() ? metadata : json::object();
  if (own.contains("continue") && own["continue"].get<std::string>().empty()) own.erase("continue");
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/" + options.version},
          {"metadata", own},
          {"columnDefinitions", options.columns ? definitions_of(resource, version) : json()},
          {"rows", rows}};
}

json partial_object(const json& object, const std::string& version) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", "meta.k8s.io/" + version},
          {"metadata", object.value("metadata", json::object())}};
}

std::string age_text(const std::string& since, Now now) {
  const auto then = utc_time(since);
  return then ? human_duration(std::chrono::floor<std::chrono::seconds>(now - *then)) : "<unknown>";
}

std::string human_duration(std::chrono::seconds duration) {
  const std::int64_t seconds = duration.count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return fmt::format("{}s", seconds);
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* small_unit) {
    return small == 0 ? fmt::format("{}{}", large, unit) : fmt::format("{}{}{}{}", large, unit, small, small_unit);
  };
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return fmt::format("{}m", minutes);
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return fmt::format("{}h", hours);
  constexpr std::int64_t day = 24;
  constexpr std::int64_t year = day * 365;
  if (hours < day * 8) return two(hours / day, "d", hours % day, "h");
  if (hours < year * 2) return fmt::format("{}d", hours / day);
  if (hours < year * 8) return two(hours / year, "y", hours / day % 365, "d");
  return fmt::format("{}y", hours / year);
}

}  // namespace mesh::simulator
