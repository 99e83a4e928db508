#include <fmt/format.h>

#include <set>

#include "providers/simulator/apimachinery/managedfields/managers.h"

namespace mesh::simulator {

namespace {

/// `"kubectl" with subresource "status" using apps/v1`; appliers without the version.
std::string described(const ManagerId& id) {
  std::string text = nlohmann::json(id.manager).dump();
  if (!id.subresource.empty()) text += fmt::format(" with subresource \"{}\"", id.subresource);
  if (id.operation == "Update") text += " using " + id.api_version;
  return text;
}

}  // namespace

ApiError conflict_error(const std::vector<FieldConflict>& conflicts) {
  nlohmann::json causes = nlohmann::json::array();
  std::set<ManagerId> owners;
  for (const FieldConflict& conflict : conflicts) {
    owners.insert(conflict.owner);
    causes.push_back({{"reason", "FieldManagerConflict"},
                      {"message", "conflict with " + described(conflict.owner)},
                      {"field", to_string(conflict.path)}});
  }
  std::string message;
  if (conflicts.size() == 1) {
    message = fmt::format("Apply failed with 1 conflict: conflict with {}: {}", described(conflicts.front().owner),
                          to_string(conflicts.front().path));
  } else {
    std::vector<std::string> lines;
    for (const ManagerId& owner : owners) {
      lines.push_back(fmt::format("conflicts with {}:", described(owner)));
      for (const FieldConflict& conflict : conflicts)
        if (conflict.owner == owner) lines.push_back("- " + to_string(conflict.path));
    }
    message = fmt::format("Apply failed with {} conflicts: {}", conflicts.size(), fmt::join(lines, "\n"));
  }
  return {.code = 409, .reason = "Conflict", .message = std::move(message), .details = {{"causes", std::move(causes)}}};
}

}  // namespace mesh::simulator
