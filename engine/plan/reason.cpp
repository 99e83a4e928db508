#include "engine/plan/reason.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace mesh {
namespace {

std::string adoption(const Adopted& adopted) {
  std::vector<std::string> parts;
  for (const auto& [maker, kinds] : adopted)
    parts.push_back(fmt::format("adopts {} that {} made", fmt::join(kinds, ", "), maker));
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string difference(const Action& action) {
  std::size_t missing = 0, fields = 0, taken = 0;
  std::set<std::string> owners;
  std::string why;
  for (const ObjectChange& change : action.objects) {
    if (std::holds_alternative<CreateObject>(change.what)) ++missing;
    if (const auto* replace = std::get_if<ReplaceObject>(&change.what)) why = replace->why;
    if (std::holds_alternative<CreateObject>(change.what)) continue;
    fields += change.fields.size();
    for (const FieldChange& field : change.fields) {
      if (field.owned_by.empty() || (field.before && field.before == field.after)) continue;
      ++taken;
      for (const FieldOwner& owner : field.owned_by) owners.insert(owner.manager);
    }
  }
  if (!why.empty()) return why;
  std::vector<std::string> parts;
  if (missing > 0)
    parts.push_back(missing == 1 ? "1 object is missing" : fmt::format("{} objects are missing", missing));
  if (fields > 0) parts.push_back(fields == 1 ? "1 field differs" : fmt::format("{} fields differ", fields));
  std::string text = fmt::format("{}", fmt::join(parts, ", "));
  if (taken > 0) text += fmt::format(", {} taken over from {}", taken, fmt::join(owners, ", "));
  return text;
}

}  // namespace

std::string reason_of(const DesiredAction& desired, const Action& action, const Adopted& adopted, Intent intent) {
  if (desired.presence == Presence::absent && intent == Intent::apply && !desired.why_absent.empty())
    return desired.why_absent;
  if (desired.presence == Presence::absent)
    return intent == Intent::destroy ? "taken away with the mesh" : "gone from the spec";
  if (!adopted.empty()) return adoption(adopted);
  if (action.operation != Operation::create) return difference(action);
  return action.peer ? fmt::format("peer {} is new", *action.peer) : "not there yet";
}

}  // namespace mesh
