#include "providers/istio/write_object.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/model/ground.h"
#include "providers/istio/retry_outcome.h"

namespace mesh::istio {
namespace {

using kubernetes::Content;
using kubernetes::Force;
using kubernetes::PatchType;
using nlohmann::json;

/// Controllers write status all the time; a write of ours that loses this often meets more than that.
constexpr int max_races = 10;

/// How long the second half of a replacement may take when the run was stopped, or out of time, during the first.
constexpr std::chrono::seconds finish_replacement{60};

bool has_code(const Diagnostics& why, std::initializer_list<Code> codes) {
  return std::any_of(why.begin(), why.end(), [&](const Diagnostic& one) {
    return std::find(codes.begin(), codes.end(), one.code) != codes.end();
  });
}

json with_preconditions(json body, const Ground& ground) {
  body["metadata"]["uid"] = ground.uid;
  body["metadata"]["resourceVersion"] = ground.resource_version;
  return body;
}

/// Null at each path that goes: what both patches take for removal. An item of a list needs a strategic merge patch,
/// which knows lists by their keys; kinds of custom resources have none.
struct Patch {
  PatchType type = PatchType::merge;
  json body;
};

/// The item with that key in a patch's list, added when missing: fields of one item go together.
json& item_with(json& items, const json& key) {
  for (json& item : items) {
    const auto same = [&](const auto& field) { return item.value(field.key(), json()) == field.value(); };
    if (std::all_of(key.items().begin(), key.items().end(), same)) return item;
  }
  items.push_back(key);
  return items.back();
}

Patch patch_of(const std::vector<ForeignField>& fields, const Ground& ground) {
  Patch patch{.body = with_preconditions(json::object(), ground)};
  for (const ForeignField& field : fields) {
    json* at = &patch.body;
    for (const PathElement& element : field.path) {
      if (const auto* name = std::get_if<FieldName>(&element)) {
        at = &(*at)[name->name];
      } else if (const auto* item = std::get_if<ListKey>(&element)) {
        patch.type = PatchType::strategic;
        at = &item_with(*at, item->key);
      }
    }
    if (std::holds_alternative<ListKey>(field.path.back())) {
      (*at)["$patch"] = "delete";
    } else {
      *at = field.value ? *field.value : json();
    }
  }
  return patch;
}

/// Other managers of an object, as `helm (Apply) at 2026-11-22T09:54:00Z, kubectl-edit (Update)`.
std::string others_of(const Object& object, std::string_view manager) {
  std::string text;
  for (const ManagedFields& entry : object.managers) {
    if (is_ours(entry, manager) || !entry.subresource.empty()) continue;
    text += fmt::format("{}{} ({}){}", text.empty() ? "" : ", ", entry.manager, entry.operation,
                        entry.time ? " at " + *entry.time : "");
  }
  return text.empty() ? "another run of mesh" : text;
}

Diagnostic was_there(const std::string& cluster, const Object& object, std::string_view manager) {
  return {.code = Code::ground_moved,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}: {}", cluster, to_string(object.id)),
          .summary = "object was created by another client since the plan",
          .cause = fmt::format("the plan creates it, but it was there, with equal values; also written by: {}",
                               others_of(object, manager)),
          .hint = "it is mesh's from now on and goes with `mesh destroy`; find out who else makes it, and plan again"};
}

}  // namespace

kubernetes::CallLimits ObjectWriter::write_limits(bool& retried) const {
  kubernetes::CallLimits limits = limits_.write();
  limits.on_retry = [&retried, report = std::move(limits.on_retry)](const std::string& why,
                                                                    std::chrono::milliseconds delay) {
    retried = true;
    if (report) report(why, delay);
  };
  return limits;
}

Result<std::unique_ptr<Object>> ObjectWriter::look(const ObjectId& id) {
  // As the plan read it: a digest over metadata is another than one over everything.
  const Content content = holds_secrets(id.kind) ? Content::metadata_only : Content::whole;
  auto answers = client_.read_all({{.id = id, .content = content}}, limits_.read());
  auto& answer = answers.front();
  if (!answer) return failure(std::move(answer.error()));
  if (answer->objects.empty()) return std::unique_ptr<Object>();
  return std::make_unique<Object>(std::move(answer->objects.front()));
}

Result<void> ObjectWriter::compare(const ObjectId& id, const Object* now, const Ground& planned) const {
  if (now == nullptr) return failure(ground_moved(cluster_, id, "it is gone"));
  const Ground found = ground_of(*now);
  if (found.uid != planned.uid) {
    return failure(ground_moved(cluster_, id,
                                fmt::format("it was deleted and recreated{}", by_whom(*now, client_.field_manager()))));
  }
  if (!planned.digest.empty() && found.digest != planned.digest) {
    return failure(
        ground_moved(cluster_, id, fmt::format("its content has changed{}", by_whom(*now, client_.field_manager()))));
  }
  return {};
}

Result<Object> ObjectWriter::create(const ObjectId& id, const json& body, Diagnostics& warnings) {
  bool retried = false;
  auto answer = client_.apply(id, body, Force::no, write_limits(retried));
  if (answer) {
    if (!answer->created && !(retried && was_created(answer->object, client_.field_manager())))
      warnings.push_back(was_there(cluster_, answer->object, client_.field_manager()));
    return std::move(answer->object);
  }
  if (!has_code(answer.error(), {Code::field_conflict})) return failure(std::move(answer.error()));
  return failure(ground_moved(cluster_, id,
                              fmt::format("the plan creates it, but it exists now: {}", answer.error().front().cause)));
}

Result<Ground> ObjectWriter::patch(const ObjectId& id, const std::vector<ForeignField>& fields, const Ground& ground) {
  Ground at = ground;
  for (int race = 0;; ++race) {
    bool retried = false;
    const Patch patch = patch_of(fields, at);
    auto answer = client_.patch(id, patch.type, patch.body, write_limits(retried));
    // What it left, not what is there by now: a write of another client since then is to be seen.
    if (answer) return ground_of(*answer);
    if (!has_code(answer.error(), {Code::conflict}) || race >= max_races) return failure(std::move(answer.error()));
    auto now = look(id);
    if (!now) return failure(std::move(now.error()));
    if (retried && *now && (*now)->uid == ground.uid && was_patched(**now, fields)) return ground_of(**now);
    if (auto same = compare(id, now->get(), ground); !same) return failure(std::move(same.error()));
    at.resource_version = (*now)->resource_version;
  }
}

Result<Object> ObjectWriter::update(const ObjectId& id, const UpdateObject& change, const json& body) {
  Ground ground = change.ground;
  if (!change.foreign_fields.empty()) {
    auto patched = patch(id, change.foreign_fields, ground);
    if (!patched) return failure(std::move(patched.error()));
    ground = std::move(*patched);
  }
  Ground at = ground;
  for (int race = 0;; ++race) {
    bool retried = false;
    const Force force = change.force ? Force::yes : Force::no;
    auto answer = client_.apply(id, with_preconditions(body, at), force, write_limits(retried));
    if (answer) return std::move(answer->object);
    // A wrong uid is reported as an invalid field, a version that moved on as a conflict without fields.
    if (!has_code(answer.error(), {Code::conflict, Code::field_conflict, Code::rejected, Code::not_found})) {
      return failure(std::move(answer.error()));
    }
    auto now = look(id);
    if (!now) return failure(std::move(now.error()));
    if (retried && *now && (*now)->uid == ground.uid && was_applied(**now, body, client_.field_manager()))
      return std::move(**now);
    if (auto same = compare(id, now->get(), ground); !same) return failure(std::move(same.error()));
    if (!has_code(answer.error(), {Code::conflict}) || race >= max_races) return failure(std::move(answer.error()));
    at.resource_version = (*now)->resource_version;
  }
}

Result<void> ObjectWriter::remove_planned(const ObjectId& id, const Ground& planned) {
  for (int race = 0;; ++race) {
    auto now = look(id);
    if (!now) return failure(std::move(now.error()));
    if (!*now) return {};
    const json* leaving = find_field((*now)->body, {"metadata", "deletionTimestamp"});
    // Being deleted already, by an earlier try for one: only its end is still to be seen.
    const bool dying = leaving != nullptr && (*now)->uid == planned.uid;
    if (!dying) {
      if (auto same = compare(id, now->get(), planned); !same) return same;
    }
    auto gone = client_.remove(id, planned.uid, limits_.read(), dying ? "" : (*now)->resource_version);
    if (gone || !has_code(gone.error(), {Code::conflict}) || race >= max_races) return gone;
  }
}

Result<Object> ObjectWriter::replace(const ObjectId& id, const ReplaceObject& change, const json& body,
                                     Diagnostics& warnings, bool& deleted) {
  // Gone already: an apply that was killed between the two halves left it so.
  auto gone = remove_planned(id, change.ground);
  // From here on the object comes back whatever stops the run: half a replacement is an outage.
  const RequestLimits finishing{
      .clock = limits_.clock, .each = finish_replacement, .stop = {}, .on_retry = limits_.on_retry};
  ObjectWriter finisher(cluster_, client_, finishing);
  if (!gone) {
    const auto now = finisher.look(id);
    if (!now) return failure(std::move(gone.error()));
    const bool dying = *now && (*now)->uid == change.ground.uid && deletion_time(**now) != nullptr;
    if (*now && !dying) return failure(std::move(gone.error()));
    if (dying) gone = finisher.remove_planned(id, change.ground);
    if (dying && !gone) {
      for (Diagnostic& one : gone.error()) {
        one.cause += "; it is being deleted for its replacement, which is not made yet";
        one.hint = "see what holds it (metadata.finalizers), then apply again";
      }
      return failure(std::move(gone.error()));
    }
  }
  deleted = true;
  auto created = finisher.create(id, body, warnings);
  if (created) return created;
  for (Diagnostic& one : created.error()) one.cause += "; it was deleted for its replacement, which is not made yet";
  return created;
}

Result<void> ObjectWriter::remove(const ObjectId& id, const Ground& ground) { return remove_planned(id, ground); }

}  // namespace mesh::istio
