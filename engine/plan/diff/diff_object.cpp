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
  FieldsDiff diff = diff_fields({input.desired.body, nullptr, input.schema, input.desired, input.references});
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
  if (!Claims::of(live).ours()) return kept(input, live);
  json body = identity_body(input.desired.id);
  DesiredObject storage;
  const std::vector<ResolvedReference> none;
  FieldsDiff diff = diff_fields({body, &live, input.schema, no_rules_of(input.desired, storage), none});
  ObjectDiff result;
  result.change = ObjectChange{
      .id = input.desired.id,
      .what = UpdateObject{.body = std::move(body), .ground = ground_of(live), .force = false, .foreign_fields = {}},
      .fields = std::move(diff.changes)};
  return result;
}

ObjectDiff take_away(const ObjectInput& input, const Object& live) {
  if (is_of_another_mesh(live, input.mesh)) return kept(input, live);
  if (input.desired.ownership == Ownership::foreign || !is_of_this_mesh(input.desired, live, input.mesh))
    return release(input, live);
  ObjectDiff result;
  result.change = ObjectChange{.id = input.desired.id, .what = DeleteObject{ground_of(live)}, .fields = {}};
  return result;
}

ObjectDiff leave_to(const std::string& other, const ObjectInput& input) {
  ObjectDiff result;
  result.unknown = fmt::format("{} belongs to mesh {}", to_string(input.desired.id), other);
  result.problems.push_back({.code = Code::belongs_to_other_mesh,
                             .where = to_string(input.desired.id),
                             .summary = "object belongs to another mesh",
                             .cause = fmt::format("its label {} says `{}`", mesh_label, other),
                             .hint = fmt::format("destroy mesh {} there first, or take the label off", other)});
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

/// The body for an object that others made. All meshes write under one name as field manager, so a label of another one
/// that is not repeated would go.
json co_owned_body(const json& desired, const Object& live, const std::string& mesh) {
  json body = without_mesh_labels(desired);
  if (!is_of_another_mesh(live, mesh)) return body;
  for (const char* label : {managed_by_label, mesh_label}) {
    if (const json* value = label_of(live, label); value != nullptr) body["metadata"]["labels"][label] = *value;
  }
  return body;
}

ObjectDiff bring_about(const ObjectInput& input, const Object& live) {
  if (input.desired.ownership == Ownership::owned && is_of_another_mesh(live, input.mesh)) {
    const json& name = *label_of(live, mesh_label);
    return leave_to(name.is_string() ? name.get<std::string>() : name.dump(), input);
  }
  json without_labels;
  const bool strip = input.desired.ownership == Ownership::shared && !is_of_this_mesh(input.desired, live, input.mesh);
  if (strip) without_labels = co_owned_body(input.desired.body, live, input.mesh);
  const json& body = strip ? without_labels : input.desired.body;

  FieldsDiff diff = diff_fields({body, &live, input.schema, input.desired, input.references});
  ObjectDiff result;
  if (diff.unresolved) {
    result.unknown = fmt::format("what {} refers to cannot be read", to_string(input.desired.id));
    return result;
  }
  if (deletion_time(live) != nullptr) return recreate(input, live, std::move(diff));
  if (diff.changes.empty()) return kept(input, live);
  if (input.desired.ownership == Ownership::owned && !is_of_this_mesh(input.desired, live, input.mesh))
    result.adopted_from = maker_of(live);
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
