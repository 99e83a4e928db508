#include "engine/plan/plan_action.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/plan/reason.h"

namespace mesh {
namespace {

template <class Alternative>
bool is(const ObjectChange& change) {
  return std::holds_alternative<Alternative>(change.what);
}

Operation operation_of(const std::vector<ObjectChange>& objects) {
  const auto all_writes = [&](auto test) {
    return std::all_of(objects.begin(), objects.end(),
                       [&](const ObjectChange& change) { return !writes(change) || test(change); });
  };
  if (std::none_of(objects.begin(), objects.end(), [](const ObjectChange& change) { return writes(change); }))
    return Operation::unchanged;
  if (std::any_of(objects.begin(), objects.end(), is<ReplaceObject>)) return Operation::replace;
  if (std::all_of(objects.begin(), objects.end(), is<CreateObject>)) return Operation::create;
  return all_writes(is<DeleteObject>) ? Operation::delete_ : Operation::update;
}

bool is_below(const FieldPath& path, const FieldPath& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

/// Paths are cut when an object goes, for good or to be made again, or when a field on which they hang gets another
/// value.
bool interrupts(const DesiredAction& desired, const std::vector<ObjectChange>& objects) {
  const auto cuts = [&](const FieldChange& change) {
    const bool was_set = change.before && !change.before->is_null();
    if (change.before == change.after || !(was_set || desired.interrupting_when_set)) return false;
    return std::any_of(desired.interrupting.begin(), desired.interrupting.end(),
                       [&](const FieldPath& path) { return is_below(change.path, path); });
  };
  return std::any_of(objects.begin(), objects.end(), [&](const ObjectChange& change) {
    if (is<ReplaceObject>(change) || is<DeleteObject>(change)) return true;
    return is<UpdateObject>(change) && std::any_of(change.fields.begin(), change.fields.end(), cuts);
  });
}

const ClusterState* reached(const LiveState& live, const std::string& cluster) {
  const auto it = live.clusters.find(cluster);
  return it == live.clusters.end() || !it->second.answered() ? nullptr : &it->second;
}

/// One that was left out of the reading is taken to be well: whoever chose the actions vouches for it.
bool does_not_answer(const LiveState& live, const std::string& cluster) {
  const auto it = live.clusters.find(cluster);
  return it == live.clusters.end() || it->second.unreachable() != nullptr;
}

void make_unknown(Action& action, std::string reason) {
  action.operation = Operation::unknown;
  action.reason = std::move(reason);
  action.objects.clear();
}

/// Kinds of adopted objects by who made them, and why the action is unknown; empty: it is not.
struct ComparedObjects {
  Adopted adopted = {};
  std::string unknown = {};
};

ComparedObjects compare_objects(const DesiredAction& desired, const ClusterState& cluster, const ActionInput& input,
                                PlannedAction& planned) {
  ComparedObjects compared;
  Action& action = planned.action;
  action.objects.reserve(desired.objects.size());
  for (const DesiredObject& object : desired.objects) {
    const Observed live = cluster.observe(object.id);
    const std::vector<ResolvedReference> references = input.references.resolve(object);
    ObjectDiff diff = diff_object(
        {input.mesh, input.manager, object, desired.presence, live, input.schemas.of_kind(object.id.kind), references});
    const auto fate = fate_of(diff);
    if (fate && input.references.is_source(desired.cluster, object.id)) planned.fates.emplace_back(object.id, *fate);
    if (const auto* unreadable = std::get_if<Unreadable>(&live))
      append(planned.diagnostics, as_reading_problems(unreadable->why));
    for (Diagnostic& problem : diff.problems) {
      problem.where = fmt::format("cluster {}: {}", desired.cluster, problem.where);
      planned.diagnostics.push_back(std::move(problem));
    }
    if (compared.unknown.empty()) compared.unknown = std::move(diff.unknown);
    if (!diff.adopted_from.empty()) compared.adopted[diff.adopted_from].push_back(object.id.kind);
    if (diff.change) action.objects.push_back(std::move(*diff.change));
  }
  // What was made first goes last.
  if (desired.presence == Presence::absent) std::reverse(action.objects.begin(), action.objects.end());
  return compared;
}

}  // namespace

PlannedAction plan_action(const DesiredAction& desired, const ActionInput& input) {
  PlannedAction planned;
  Action& action = planned.action;
  action.address = desired.address;
  action.kind = desired.kind;
  action.cluster = desired.cluster;
  action.peer = desired.peer;
  const ClusterState* cluster = reached(input.live, desired.cluster);
  if (cluster == nullptr) {
    make_unknown(action, fmt::format("cluster {} could not be read", desired.cluster));
    return planned;
  }
  const bool peer_is_missing =
      desired.presence == Presence::present && desired.peer && does_not_answer(input.live, *desired.peer);
  const auto peer_unknown = [&] { make_unknown(action, fmt::format("peer {} could not be read", *desired.peer)); };
  ComparedObjects compared = compare_objects(desired, *cluster, input, planned);
  const auto error = std::find_if(planned.diagnostics.begin(), planned.diagnostics.end(),
                                  [](const Diagnostic& one) { return one.severity == Severity::error; });
  if (error != planned.diagnostics.end() && compared.unknown.empty()) compared.unknown = error->summary;
  if (!compared.unknown.empty()) {
    make_unknown(action, std::move(compared.unknown));
    if (peer_is_missing) peer_unknown();
    return planned;
  }
  action.operation = operation_of(action.objects);
  if (action.operation == Operation::unchanged) {
    if (desired.presence == Presence::absent || desired.readiness.ready()) return planned;
    action.waits_for = desired.waits_for;
    action.reason = desired.readiness.message;
    return planned;
  }
  if (peer_is_missing) {
    peer_unknown();
    return planned;
  }
  if (desired.presence == Presence::present) action.waits_for = desired.waits_for;
  if (interrupts(desired, action.objects)) action.interrupts = desired.paths;
  action.reason = reason_of(desired, action, compared.adopted, input.intent);
  return planned;
}

}  // namespace mesh
