#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/registry/registry.h"

// The cells of one row per kind, as pkg/printers/internalversion prints them for `kubectl get -o wide`.
namespace mesh::simulator {

using Now = std::chrono::system_clock::time_point;
/// Cells without the name, which every kind but Event begins with.
using CellMaker = std::function<nlohmann::json(const nlohmann::json& object, Now now)>;
using CellMakers = std::map<ResourceName, CellMaker>;

void add_pod_cells(CellMakers& makers);
void add_workload_cells(CellMakers& makers);
void add_network_cells(CellMakers& makers);
void add_other_cells(CellMakers& makers);

/// The cells of a custom resource, by its columns' JSON paths, without the name.
nlohmann::json custom_cells(const std::vector<PrinterColumn>& columns, const nlohmann::json& object, Now now);

/// How long ago the object was created.
std::string age_of(const nlohmann::json& object, Now now);

/// "a=b,c=d", or `<none>`.
std::string labels_text(const nlohmann::json& labels);
/// "a=b,c in (d,e)", or `none`.
std::string selector_text(const nlohmann::json& selector, const std::string& none);

/// A member somewhere below; null when there is none.
inline const nlohmann::json& member(const nlohmann::json& object, const std::string& pointer) {
  static const nlohmann::json none;
  const nlohmann::json::json_pointer at(pointer);
  return object.contains(at) ? object.at(at) : none;
}
inline std::string text_member(const nlohmann::json& object, const std::string& pointer, const std::string& none = "") {
  const nlohmann::json& found = member(object, pointer);
  return found.is_string() && !found.get_ref<const std::string&>().empty() ? found.get<std::string>() : none;
}
inline std::int64_t number_member(const nlohmann::json& object, const std::string& pointer, std::int64_t none = 0) {
  const nlohmann::json& found = member(object, pointer);
  return found.is_number() ? found.get<std::int64_t>() : none;
}

}  // namespace mesh::simulator
