#include "engine/apply/check_ground.h"

#include <fmt/format.h>

#include "engine/model/ground.h"

namespace mesh {
namespace {

std::optional<Diagnostic> check(const Action& action, const ObjectChange& change, const Observed& observed) {
  if (!writes(change)) return std::nullopt;
  if (const auto* unreadable = std::get_if<Unreadable>(&observed)) {
    const std::string why = unreadable->why.empty() ? "no reason is known" : unreadable->why.front().cause;
    return ground_moved(action.cluster, change.id, fmt::format("it cannot be read now: {}", why));
  }
  const auto* const* live = std::get_if<const Object*>(&observed);
  const Ground* planned = ground_in(change);
  if (planned == nullptr) {
    if (live == nullptr) return std::nullopt;
    return ground_moved(action.cluster, change.id,
                        fmt::format("the plan creates it, but it exists now{}", by_whom(**live)));
  }
  if (live == nullptr) {
    // Gone already is what a deletion desired.
    if (std::holds_alternative<DeleteObject>(change.what)) return std::nullopt;
    return ground_moved(action.cluster, change.id, "it is gone");
  }
  const Ground now = ground_of(**live);
  if (now.uid != planned->uid)
    return ground_moved(action.cluster, change.id, fmt::format("it was deleted and recreated{}", by_whom(**live)));
  if (now.digest != planned->digest)
    return ground_moved(action.cluster, change.id, fmt::format("its content has changed{}", by_whom(**live)));
  return std::nullopt;
}

}  // namespace

std::map<Address, Diagnostics> check_ground(const Plan& plan, const LiveState& live) {
  std::map<Address, Diagnostics> found;
  for (const Action& action : plan.actions) {
    if (!writes(action)) continue;
    const auto cluster = live.clusters.find(action.cluster);
    for (const ObjectChange& change : action.objects) {
      const Observed observed =
          cluster == live.clusters.end() ? Observed(Unreadable{}) : cluster->second.observe(change.id);
      if (auto problem = check(action, change, observed)) found[action.address].push_back(std::move(*problem));
    }
  }
  return found;
}

namespace {

/// The actions with changes and all that they need, at whatever distance.
std::set<Address> changed_and_needed(const Plan& plan) {
  std::set<Address> desired;
  // In the plan's order every need comes before its user.
  for (auto action = plan.actions.rbegin(); action != plan.actions.rend(); ++action) {
    if (!writes(*action) && !desired.contains(action->address)) continue;
    desired.insert(action->address);
    desired.insert(action->depends_on.begin(), action->depends_on.end());
  }
  return desired;
}

std::string fields_of(const ObjectChange& change) {
  if (std::holds_alternative<CreateObject>(change.what)) return "it is gone";
  std::string text;
  for (const FieldChange& field : change.fields) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(field.path));
    if (!field.owned_by.empty()) text += fmt::format(" (now of {})", field.owned_by.front().manager);
  }
  return "it does not hold what the plan relies on any more: " + text;
}

}  // namespace

std::map<Address, Diagnostics> check_kept(const Plan& saved, const Plan& fresh) {
  std::map<Address, const Action*> now;
  for (const Action& action : fresh.actions) now.emplace(action.address, &action);
  const std::set<Address> relied_on = changed_and_needed(saved);
  std::map<Address, Diagnostics> found;
  for (const Action& action : saved.actions) {
    const auto match = now.find(action.address);
    if (!relied_on.contains(action.address) || match == now.end()) continue;
    std::set<ObjectId> keeps;
    for (const ObjectChange& change : action.objects) {
      if (!writes(change)) keeps.insert(change.id);
    }
    for (const ObjectChange& change : match->second->objects) {
      if (!keeps.contains(change.id) || !writes(change)) continue;
      found[action.address].push_back(ground_moved(action.cluster, change.id, fields_of(change)));
    }
  }
  return found;
}

Plan hold_back(Plan plan, const std::map<Address, Diagnostics>& moved) {
  for (Action& action : plan.actions) {
    if (!moved.contains(action.address)) continue;
    action.operation = Operation::unknown;
    action.reason = "its ground has moved since the plan was made";
    action.unknown_for = Code::ground_moved;
    action.objects.clear();
    action.waits_for.clear();
    action.interrupts.clear();
  }
  return plan;
}

std::set<std::string> concerned_clusters(const Plan& plan) {
  const std::set<Address> addresses = changed_and_needed(plan);
  std::set<std::string> clusters;
  for (const Action& action : plan.actions) {
    if (addresses.contains(action.address)) clusters.insert(action.cluster);
  }
  return clusters;
}

}  // namespace mesh
