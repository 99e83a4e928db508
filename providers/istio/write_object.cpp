#include "providers/istio/write_object.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/model/ground.h"

namespace mesh::istio {
namespace {

using kubernetes::Content;
using kubernetes::Force;
using nlohmann::json;

/// Controllers write status all the time; a write of ours that loses this often meets more than that.
constexpr int max_races = 10;

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

/// Null at each path: what a merge patch takes for removal.
json removal_patch(const std::vector<FieldPath>& paths, const Ground& ground) {
  json patch = with_preconditions(json::object(), ground);
  for (const FieldPath& path : paths) {
    json* at = &patch;
    for (const PathElement& element : path) {
      const auto* field = std::get_if<FieldName>(&element);
      if (field == nullptr) break;
      at = &(*at)[field->name];
    }
    *at = nullptr;
  }
  return patch;
}

/// Whether an entry of managedFields holds exactly the fields of this value. Of a list item only the keys that the body
/// gives are compared: the server fills in others.
bool same_fields(const json& fields, const json& value);

bool is_item(const std::string& name, const json& item) {
  if (name.starts_with("v:")) return json::parse(name.substr(2), nullptr, false) == item;
  const json keys = name.starts_with("k:") ? json::parse(name.substr(2), nullptr, false) : json();
  if (!keys.is_object() || !item.is_object()) return false;
  return std::all_of(keys.items().begin(), keys.items().end(),
                     [&](const auto& key) { return !item.contains(key.key()) || item[key.key()] == key.value(); });
}

bool same_items(const json& fields, const json& list) {
  for (const auto& [name, below] : fields.items()) {
    if (name == ".") continue;
    const auto owned = [&name = name](const json& item) { return is_item(name, item); };
    if (std::none_of(list.begin(), list.end(), owned)) return false;
  }
  return std::all_of(list.begin(), list.end(), [&](const json& item) {
    for (const auto& [name, below] : fields.items()) {
      if (is_item(name, item)) return same_fields(below, item);
    }
    return false;
  });
}

bool same_fields(const json& fields, const json& value) {
  // A leaf, or a list or map that is owned as a whole.
  if (!fields.is_object() || fields.empty()) return true;
  if (value.is_array()) return same_items(fields, value);
  if (!value.is_object()) return false;
  for (const auto& [name, below] : fields.items()) {
    if (name.starts_with("f:") && !value.contains(name.substr(2))) return false;
  }
  return std::all_of(value.items().begin(), value.items().end(), [&](const auto& field) {
    const auto owned = fields.find("f:" + field.key());
    return owned != fields.end() && same_fields(*owned, field.value());
  });
}

bool is_ours(const ManagedFields& entry) {
  return entry.manager == field_manager && entry.operation == "Apply" && entry.subresource.empty();
}

/// Whether the newest change is an apply of mesh with exactly these fields: what it sent is there, and who changed one
/// of them since would own it now. A body without fields gives all of them up.
bool was_applied(const Object& object, json body) {
  for (const char* name : {"apiVersion", "kind"}) body.erase(name);
  for (const char* name : {"name", "namespace", "uid", "resourceVersion"}) body["metadata"].erase(name);
  if (body["metadata"].empty()) body.erase("metadata");
  if (body.empty()) return std::none_of(object.managers.begin(), object.managers.end(), is_ours);
  const auto newest = newest_writer(object);
  return newest && newest->manager == field_manager && newest->operation == "Apply" &&
         std::any_of(object.managers.begin(), object.managers.end(),
                     [&](const ManagedFields& entry) { return is_ours(entry) && same_fields(entry.fields, body); });
}

bool owns(const ManagedFields& entry, const FieldPath& path) {
  const json* at = &entry.fields;
  for (const PathElement& element : path) {
    const auto* field = std::get_if<FieldName>(&element);
    const auto below = field == nullptr || !at->is_object() ? at->end() : at->find("f:" + field->name);
    if (field == nullptr || !at->is_object() || below == at->end()) return false;
    at = &*below;
  }
  return true;
}

/// Whether these paths are in the object no more. Of a Secret that is known by ownership alone.
bool were_evicted(const Object& object, const std::vector<FieldPath>& paths) {
  if (object.metadata_only && object.managers.empty()) return false;
  return std::none_of(paths.begin(), paths.end(), [&](const FieldPath& path) {
    return find_value(object.body, path) != nullptr ||
           std::any_of(object.managers.begin(), object.managers.end(),
                       [&](const ManagedFields& entry) { return owns(entry, path); });
  });
}

}  // namespace

kubernetes::CallLimits ObjectWriter::write_limits(bool& retried) const {
  kubernetes::CallLimits limits = limits_.write();
  limits.on_retry = [&retried, told = std::move(limits.on_retry)](const std::string& why,
                                                                  std::chrono::milliseconds delay) {
    retried = true;
    if (told) told(why, delay);
  };
  return limits;
}

Result<std::unique_ptr<Object>> ObjectWriter::look(const ObjectId& id) {
  // As the plan read it: a digest over metadata is another than one over everything.
  const Content content = id.kind == "Secret" ? Content::metadata_only : Content::whole;
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
    return failure(ground_moved(cluster_, id, fmt::format("it was deleted and made again{}", by_whom(*now))));
  }
  if (!planned.digest.empty() && found.digest != planned.digest) {
    return failure(ground_moved(cluster_, id, fmt::format("its content is another{}", by_whom(*now))));
  }
  return {};
}

Result<void> ObjectWriter::create(const ObjectId& id, const json& body) {
  auto answer = client_.apply(id, body, Force::no, limits_.write());
  if (answer) return {};
  if (!has_code(answer.error(), {Code::field_conflict})) return failure(std::move(answer.error()));
  return failure(ground_moved(cluster_, id,
                              fmt::format("the plan creates it, but it exists now: {}", answer.error().front().cause)));
}

Result<Ground> ObjectWriter::evict(const ObjectId& id, const std::vector<FieldPath>& paths, const Ground& ground) {
  Ground at = ground;
  for (int race = 0;; ++race) {
    bool retried = false;
    auto answer = client_.merge_patch(id, removal_patch(paths, at), write_limits(retried));
    if (answer) break;
    if (!has_code(answer.error(), {Code::conflict}) || race >= max_races) return failure(std::move(answer.error()));
    auto now = look(id);
    if (!now) return failure(std::move(now.error()));
    if (retried && *now && (*now)->uid == ground.uid && were_evicted(**now, paths)) return ground_of(**now);
    if (auto same = compare(id, now->get(), ground); !same) return failure(std::move(same.error()));
    at.resource_version = (*now)->resource_version;
  }
  auto now = look(id);
  if (!now) return failure(std::move(now.error()));
  if (!*now) return failure(ground_moved(cluster_, id, "it is gone"));
  return ground_of(**now);
}

Result<void> ObjectWriter::update(const ObjectId& id, const UpdateObject& change, const json& body) {
  Ground ground = change.ground;
  if (!change.evict.empty()) {
    auto evicted = evict(id, change.evict, ground);
    if (!evicted) return failure(std::move(evicted.error()));
    ground = std::move(*evicted);
  }
  Ground at = ground;
  for (int race = 0;; ++race) {
    bool retried = false;
    const Force force = change.force ? Force::yes : Force::no;
    auto answer = client_.apply(id, with_preconditions(body, at), force, write_limits(retried));
    if (answer) return {};
    // A wrong uid is told as an invalid field, a version that moved on as a conflict without fields.
    if (!has_code(answer.error(), {Code::conflict, Code::field_conflict, Code::rejected, Code::not_found})) {
      return failure(std::move(answer.error()));
    }
    auto now = look(id);
    if (!now) return failure(std::move(now.error()));
    if (retried && *now && (*now)->uid == ground.uid && was_applied(**now, body)) return {};
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
    const json* leaving = find_value((*now)->body, {FieldName{"metadata"}, FieldName{"deletionTimestamp"}});
    // Being deleted already, by an earlier try for one: only its end is still to be seen.
    const bool dying = leaving != nullptr && (*now)->uid == planned.uid;
    if (!dying) {
      if (auto same = compare(id, now->get(), planned); !same) return same;
    }
    auto gone = client_.remove(id, planned.uid, limits_.remove(), dying ? "" : (*now)->resource_version);
    if (gone || !has_code(gone.error(), {Code::conflict}) || race >= max_races) return gone;
  }
}

Result<void> ObjectWriter::replace(const ObjectId& id, const ReplaceObject& change, const json& body) {
  // Gone already: an apply that was killed between the two halves left it so.
  if (auto gone = remove_planned(id, change.ground); !gone) return gone;
  return create(id, body);
}

Result<void> ObjectWriter::remove(const ObjectId& id, const Ground& ground) { return remove_planned(id, ground); }

}  // namespace mesh::istio
