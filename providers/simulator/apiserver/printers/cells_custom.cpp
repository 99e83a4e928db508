#include <optional>

#include "providers/simulator/apiserver/printers/cells.h"
#include "providers/simulator/apiserver/printers/json_path.h"
#include "providers/simulator/apiserver/printers/table.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

json cell_of(const PrinterColumn& column, const json& value, Now now) {
  if (column.type == "string") return value.is_string() ? value : json(value.dump());
  if (value.is_null()) return nullptr;
  if (column.type == "date") return value.is_string() ? json(age_text(value.get<std::string>(), now)) : json();
  if (column.type == "integer" && value.is_number()) return value.get<std::int64_t>();
  if (column.type == "number" && value.is_number()) return value.get<double>();
  if (column.type == "boolean" && value.is_boolean()) return value;
  return nullptr;
}

}  // namespace

json custom_cells(const std::vector<PrinterColumn>& columns, const json& object, Now now) {
  if (columns.empty()) return json::array({age_of(object, now)});
  json cells = json::array();
  for (const PrinterColumn& column : columns) {
    const json* found = find_by_path(object, column.json_path);
    cells.push_back(found == nullptr ? json() : cell_of(column, *found, now));
  }
  return cells;
}

}  // namespace mesh::simulator
