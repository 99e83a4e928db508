#include "engine/plan/diff/diff_object.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/ground.h"
#include "engine/plan/diff/body.h"
#include "engine/plan/diff/claims.h"
#include "engine/plan/diff/diff_fields.h"
#include "engine/plan/diff/object_owner.h"

namespace mesh {
namespace {

using nlohmann::json;

/// The identity and version alone: what is left alone needs no digest, and thousands of objects are.
Ground light_ground(const Object& object) {
  return {.uid = object.uid, .resource_version = object.resource_version, .digest = {}};
}

/// Known by its labels, in a place where nothing was expected; of Secrets no reading brings more.
bool is_half_seen(const Object& object) { return object.metadata_only && !holds_secrets(object.id.kind); }

/// What a write stands on. A digest over metadata alone is another than the one that the write will see.
Ground ground_for_write(const Object& object) {
  return is_half_seen(object) ? light_ground(object) : ground_of(object);
}

ObjectDiff kept(const ObjectInput& input, const Object& live) {
  return {.change = ObjectChange{.id = input.desired.id, .what = KeepObject{light_ground(live)}, .fields = {}},
          .unknown = {},
          .adopted_from = {},
          .problems = {}};
}

const DesiredObject& no_rules_of(const DesiredObject& desired, DesiredObject& storage) {
  storage.id = desired.id;
  storage.sensitive = desired.sensitive;
  return storage;
}

ObjectDiff create(const ObjectInput& input) {
  ObjectDiff result;
  if (input.desired.ownership == Ownership::foreign) {
    result.unknown = fmt::format("{} is not there, and is not for mesh to make", to_string(input.desired.id));
    return result;
  }
  FieldsDiff diff =
      diff_fields({input.desired.body, nullptr, input.schema, input.desired, input.references, input.manager});
  if (diff.unresolved) {
    result.unknown = fmt::format("what {} refers to cannot be read", to_string(input.desired.id));
    return result;
  }
  result.change = ObjectChange{.id = input.desired.id,
                               .what = CreateObject{planned_body(input.desired, input.desired.body, input.references)},
                               .fields = std::move(diff.changes)};
  return result;
}

/// Ends our part in an object that stays.
ObjectDiff release(const ObjectInput& input, const Object& live) {
  if (!Claims::of(live, input.manager).ours()) return kept(input, live);
  json body = identity_body(input.desired.id);
  DesiredObject storage;
  const std::vector<ResolvedReference> none;
  FieldsDiff diff = diff_fields({body, &live, input.schema, no_rules_of(input.desired, storage), none, input.manager});
  ObjectDiff result;
  result.change = ObjectChange{
      .id = input.desired.id,
      .what =
          UpdateObject{.body = std::move(body), .ground = ground_for_write(live), .force = false, .foreign_fields = {}},
      .fields = std::move(diff.changes)};
  return result;
}

/// Of what is known by its metadata alone: the label that says whose it is, and who else writes to the object.
FieldChange mark_of(const Object& live, const std::string& manager) {
  FieldChange mark{.path = {FieldName{"metadata"}, FieldName{"labels"}, FieldName{mesh_label}},
                   .owned_by = Claims::of(live, manager).other_owners()};
  if (const json* label = label_of(live, mesh_label); label != nullptr) mark.before = *label;
  mark.before_present = mark.before.has_value();
  return mark;
}

ObjectDiff take_away(const ObjectInput& input, const Object& live) {
  if (is_of_another_mesh(live, input.mesh)) return kept(input, live);
  if (input.desired.ownership == Ownership::foreign || !is_of_this_mesh(input.desired, live, input.mesh, input.manager))
    return release(input, live);
  ObjectDiff result;
  result.change = ObjectChange{.id = input.desired.id, .what = DeleteObject{ground_for_write(live)}, .fields = {}};
  if (is_half_seen(live)) result.change->fields.push_back(mark_of(live, input.manager));
  return result;
}

/// Why the object is not for this mesh to touch; nothing when it is. What has no label may carry the fields of
/// several meshes where it is shared.
std::optional<ObjectDiff> leave_to_other(const ObjectInput& input, const Object& live) {
  if (input.desired.ownership == Ownership::shared && !is_of_another_mesh(live, input.mesh)) return std::nullopt;
  Diagnostic problem{.code = Code::belongs_to_other_mesh, .where = to_string(live.id)};
  const std::string command = take_over_command(live, input.mesh);
  const std::string manager = other_manager_of(live, input.manager);
  if (is_of_another_mesh(live, input.mesh)) {
    const json& name = *label_of(live, mesh_label);
    const std::string other = name.is_string() ? name.get<std::string>() : name.dump();
    problem.summary = "object belongs to another mesh";
    problem.cause = fmt::format("its label {} says `{}`", mesh_label, other);
    problem.hint = fmt::format("`mesh destroy` with the spec of mesh {}, or take it over: {}", other, command);
  } else if (manager == managed_by) {
    problem.summary = "object was written by an earlier version of mesh";
    problem.cause = fmt::format("its fields belong to field manager `{}`, and mesh {} writes as `{}` now", manager,
                                input.mesh, input.manager);
    problem.hint = "take it over: " + command;
  } else if (!manager.empty()) {
    problem.summary = "object belongs to another mesh";
    problem.cause = fmt::format("field manager `{}` owns fields of it", manager);
    problem.hint = fmt::format("`mesh destroy` with the spec of that mesh, or take it over: {}", command);
  } else {
    return std::nullopt;
  }
  ObjectDiff result;
  result.unknown = fmt::format("{}: {}", to_string(live.id), problem.summary);
  result.problems.push_back(std::move(problem));
  return result;
}

/// The API server would refuse another value of a field that never changes.
ObjectDiff not_to_be_seen(const ObjectInput& input, const Object& live, const FieldPath& path) {
  ObjectDiff result;
  const std::string field = to_string(path);
  result.unknown = fmt::format("whether {} of {} is as desired cannot be read", field, to_string(live.id));
  const std::string ns = live.id.ns.empty() ? std::string() : fmt::format("-n {} ", live.id.ns);
  result.problems.push_back(
      {.code = Code::rejected,
       .where = to_string(live.id),
       .summary = "field that never changes may have another value",
       .cause = fmt::format("{} made the object; mesh reads the metadata alone of a {}, so its {} is not seen, and the "
                            "API server never lets it change",
                            maker_of(live, input.manager), live.id.kind, field),
       .hint = fmt::format("where nothing else needs it: kubectl {}delete {} {}", ns, live.id.kind, live.id.name)});
  return result;
}

/// An object that is on its way out is no base for ours, whatever it holds: its end is waited for, and it is created
/// again.
ObjectDiff recreate(const ObjectInput& input, const Object& live, FieldsDiff diff) {
  ObjectDiff result;
  const std::string finalizers = finalizers_of(live);
  std::string why = "it is being deleted";
  if (!finalizers.empty()) why += fmt::format(", and finalizers hold it: {}", finalizers);
  if (input.desired.ownership == Ownership::foreign) {
    result.unknown = fmt::format("{}: {}", to_string(input.desired.id), why);
    return result;
  }
  diff.changes.push_back({.path = {FieldName{"metadata"}, FieldName{"deletionTimestamp"}},
                          .before = *deletion_time(live),
                          .before_present = true});
  result.change = ObjectChange{.id = input.desired.id,
                               .what = ReplaceObject{planned_body(input.desired, input.desired.body, input.references),
                                                     ground_of(live), std::move(why)},
                               .fields = std::move(diff.changes)};
  return result;
}

ObjectDiff bring_about(const ObjectInput& input, const Object& live) {
  if (auto left = leave_to_other(input, live)) return std::move(*left);
  json without_labels;
  const bool strip =
      input.desired.ownership == Ownership::shared && !is_of_this_mesh(input.desired, live, input.mesh, input.manager);
  if (strip) without_labels = without_mesh_labels(input.desired.body);
  const json& body = strip ? without_labels : input.desired.body;

  FieldsDiff diff = diff_fields({body, &live, input.schema, input.desired, input.references, input.manager});
  ObjectDiff result;
  if (diff.unresolved) {
    result.unknown = fmt::format("what {} refers to cannot be read", to_string(input.desired.id));
    return result;
  }
  const FieldPath& evidence = input.desired.evidence;
  const bool is_shown = !evidence.empty() && find_value(live.body, evidence) != nullptr;
  if (!diff.unseen_immutable.empty() && !is_shown) return not_to_be_seen(input, live, diff.unseen_immutable);
  if (deletion_time(live) != nullptr) return recreate(input, live, std::move(diff));
  if (diff.changes.empty()) return kept(input, live);
  if (input.desired.ownership == Ownership::owned && !is_of_this_mesh(input.desired, live, input.mesh, input.manager))
    result.adopted_from = maker_of(live, input.manager);
  ObjectChange change{.id = input.desired.id, .what = KeepObject{}, .fields = std::move(diff.changes)};
  if (!diff.replace_why.empty() && input.desired.ownership != Ownership::foreign) {
    // Made anew it is ours, so it carries our labels even where the old one did not.
    json anew = planned_body(input.desired, input.desired.body, input.references);
    change.what = ReplaceObject{std::move(anew), ground_of(live), std::move(diff.replace_why)};
  } else {
    change.what = UpdateObject{planned_body(input.desired, body, input.references), ground_of(live), diff.force,
                               std::move(diff.foreign_fields)};
  }
  result.change = std::move(change);
  return result;
}

}  // namespace

ObjectDiff diff_object(const ObjectInput& input) {
  if (const auto* unreadable = std::get_if<Unreadable>(&input.live)) {
    ObjectDiff result;
    result.unknown = fmt::format("{} could not be read", to_string(input.desired.id));
    if (!unreadable->why.empty()) result.unknown += fmt::format(": {}", unreadable->why.front().summary);
    return result;
  }
  if (std::holds_alternative<Absent>(input.live))
    return input.presence == Presence::absent ? ObjectDiff{} : create(input);
  const Object& live = *std::get<const Object*>(input.live);
  return input.presence == Presence::absent ? take_away(input, live) : bring_about(input, live);
}

}  // namespace mesh
