#include "engine/apply/check_ground.h"

#include <fmt/format.h>

#include "engine/model/ground.h"

namespace mesh {
namespace {

Diagnostic moved(const Action& action, const ObjectId& id, const std::string& cause) {
  return {.code = Code::ground_moved,
          .where = fmt::format("cluster {}: {}", action.cluster, to_string(id)),
          .summary = "object changed since the plan was made",
          .cause = cause,
          .hint = "plan again and review what is different now"};
}

std::string by_whom(const Object& object) {
  const auto writer = newest_writer(object);
  if (!writer) return {};
  return fmt::format(", last written by {}{}", writer->manager, writer->time ? " at " + *writer->time : "");
}

const Ground* ground_in(const ObjectChange& change) {
  if (const auto* update = std::get_if<UpdateObject>(&change.what)) return &update->ground;
  if (const auto* replace = std::get_if<ReplaceObject>(&change.what)) return &replace->ground;
  if (const auto* remove = std::get_if<DeleteObject>(&change.what)) return &remove->ground;
  return nullptr;
}

std::optional<Diagnostic> check(const Action& action, const ObjectChange& change, const Observed& observed) {
  if (std::holds_alternative<KeepObject>(change.what)) return std::nullopt;
  if (const auto* unreadable = std::get_if<Unreadable>(&observed)) {
    const std::string why = unreadable->why.empty() ? "no reason is known" : unreadable->why.front().cause;
    return moved(action, change.id, fmt::format("it cannot be read now: {}", why));
  }
  const auto* const* live = std::get_if<const Object*>(&observed);
  const Ground* planned = ground_in(change);
  if (planned == nullptr) {
    if (live == nullptr) return std::nullopt;
    return moved(action, change.id, fmt::format("the plan creates it, but it exists now{}", by_whom(**live)));
  }
  if (live == nullptr) {
    // Gone already is what a deletion wanted.
    if (std::holds_alternative<DeleteObject>(change.what)) return std::nullopt;
    return moved(action, change.id, "it is gone");
  }
  const Ground now = ground_of(**live);
  if (now.uid != planned->uid)
    return moved(action, change.id, fmt::format("it was deleted and made again{}", by_whom(**live)));
  if (now.digest != planned->digest)
    return moved(action, change.id, fmt::format("its content is another{}", by_whom(**live)));
  return std::nullopt;
}

}  // namespace

std::map<Address, Diagnostics> check_ground(const Plan& plan, const LiveState& live) {
  std::map<Address, Diagnostics> found;
  for (const Action& action : plan.actions) {
    if (action.operation == Operation::unchanged || action.operation == Operation::unknown) continue;
    const auto cluster = live.clusters.find(action.cluster);
    for (const ObjectChange& change : action.objects) {
      const Observed observed =
          cluster == live.clusters.end() ? Observed(Unreadable{}) : cluster->second.observe(change.id);
      if (auto problem = check(action, change, observed)) found[action.address].push_back(std::move(*problem));
    }
  }
  return found;
}

}  // namespace mesh
