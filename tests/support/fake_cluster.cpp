#include "tests/support/fake_cluster.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::testing {
namespace {

using nlohmann::json;

void put_default(json& object, const char* name, json value) {
  if (!object.contains(name)) object[name] = std::move(value);
}

void shorten_quantities(json& value) {
  static const std::map<std::string, std::string> shorter = {{"0.1", "100m"}, {"1024Mi", "1Gi"}, {"2000m", "2"}};
  for (json& quantity : value) {
    if (!quantity.is_string()) continue;
    const auto it = shorter.find(quantity.get<std::string>());
    if (it != shorter.end()) quantity = it->second;
  }
}

/// Paths set or changed from one body to the other, and those taken away.
void compare(const json& before, const json& after, const FieldSchema& schema, FieldSet& changed, FieldSet& gone) {
  const auto old = flatten(before, schema);
  const auto now = flatten(after, schema);
  for (const auto& [path, value] : now) {
    const auto it = old.find(path);
    if (it == old.end() || it->second != value) changed.insert(path);
  }
  for (const auto& [path, value] : old) {
    if (!now.contains(path)) gone.insert(path);
  }
}

bool is_at_or_below(const FieldKeys& path, const FieldKeys& top) {
  return path.size() >= top.size() && std::equal(top.begin(), top.end(), path.begin());
}

std::string text_of(const FieldKeys& path) {
  std::string text;
  for (const std::string& key : path) text += key.starts_with("f:") ? "." + key.substr(2) : "[" + key.substr(2) + "]";
  return text;
}

void fill_nulls(json& value, FieldPath& at, const std::function<json(const FieldPath&)>& fill) {
  if (value.is_null()) value = fill(at);
  if (!value.is_object()) return;
  for (const auto& [name, field] : value.items()) {
    at.emplace_back(FieldName{name});
    fill_nulls(field, at, fill);
    at.pop_back();
  }
}

void set_value(json& body, const FieldPath& path, const json& value) {
  json* at = &body;
  for (const PathElement& element : path) at = &(*at)[std::get<FieldName>(element).name];
  *at = value;
}

FieldKeys keys_of(const FieldPath& path) {
  FieldKeys keys;
  for (const PathElement& element : path) {
    if (const auto* field = std::get_if<FieldName>(&element)) keys.push_back("f:" + field->name);
    if (const auto* key = std::get_if<ListKey>(&element)) keys.push_back("k:" + key->key.dump());
    if (const auto* set = std::get_if<SetValue>(&element)) keys.push_back("v:" + set->value.dump());
  }
  return keys;
}

}  // namespace

void kubernetes_defaults(const ObjectId& id, json& body) {
  if (id.kind == "Secret") put_default(body, "type", "Opaque");
  if (!body.contains("spec") || !body["spec"].is_object()) return;
  json& spec = body["spec"];
  if (id.kind == "Service") {
    put_default(spec, "clusterIP", "10.0.0.1");
    put_default(spec, "sessionAffinity", "None");
    if (!spec.contains("ports")) return;
    for (json& port : spec["ports"]) {
      put_default(port, "protocol", "TCP");
      put_default(port, "nodePort", 30000);
    }
  }
  if (id.kind != "Deployment") return;
  put_default(spec, "replicas", 1);
  put_default(spec, "revisionHistoryLimit", 10);
  if (!spec.contains("template") || !spec["template"].contains("spec")) return;
  json& pod = spec["template"]["spec"];
  put_default(pod, "restartPolicy", "Always");
  if (!pod.contains("containers")) return;
  for (json& container : pod["containers"]) {
    put_default(container, "imagePullPolicy", "Always");
    if (!container.contains("resources")) continue;
    for (const auto& [name, amounts] : container["resources"].items()) shorten_quantities(amounts);
  }
}

FakeCluster::FakeCluster(std::string name, const FieldSchemas& schemas)
    : defaults(kubernetes_defaults), name_(std::move(name)), schemas_(schemas) {}

const FieldSchema& FakeCluster::schema_of(const ObjectId& id) const {
  static const FieldSchema none;
  const auto it = schemas_.find(id.kind);
  return it == schemas_.end() ? none : it->second;
}

Result<Object> FakeCluster::apply(const ObjectId& id, const json& body, const std::string& manager, Forced forced) {
  const FieldSchema& schema = schema_of(id);
  const auto existing = objects_.find(id);
  Stored next = existing == objects_.end() ? Stored{} : existing->second;
  const json metadata = body.value("metadata", json::object());
  const bool moved =
      (metadata.contains("uid") && metadata["uid"] != next.uid) ||
      (metadata.contains("resourceVersion") && metadata["resourceVersion"] != std::to_string(next.version));
  if (moved)
    return failure(
        Diagnostic{.code = Code::conflict, .summary = "the object has been modified", .cause = to_string(id)});
  json config = body;
  config["metadata"].erase("uid");
  config["metadata"].erase("resourceVersion");
  if (existing != objects_.end() && next.owners.empty()) {
    for (const auto& [path, value] : flatten(next.body, schema))
      next.owners[{"before-first-apply", "Update"}].insert(path);
  }

  FieldSet fresh;
  for (const auto& [path, value] : flatten(config, schema)) fresh.insert(path);
  FieldSet& mine = next.owners[{manager, "Apply"}];
  json merged = next.body.is_null() ? config : merge(next.body, config, schema);
  for (const FieldKeys& path : mine) {
    const bool kept =
        std::any_of(fresh.begin(), fresh.end(), [&](const auto& one) { return is_at_or_below(one, path); });
    const bool shared = std::any_of(next.owners.begin(), next.owners.end(), [&](const auto& owner) {
      return owner.first != std::pair<std::string, std::string>{manager, "Apply"} &&
             std::any_of(owner.second.begin(), owner.second.end(),
                         [&](const auto& one) { return is_at_or_below(one, path); });
    });
    if (!kept && !shared) erase(merged, path);
  }
  FieldSet changed, gone;
  compare(next.body.is_null() ? json::object() : next.body, merged, schema, changed, gone);
  std::string conflicts;
  for (auto& [owner, paths] : next.owners) {
    if (owner == std::pair<std::string, std::string>{manager, "Apply"}) continue;
    for (const FieldKeys& path : changed) {
      if (!paths.contains(path)) continue;
      conflicts += fmt::format("{} {}\n", owner.first, text_of(path));
      paths.erase(path);
    }
  }
  if (!conflicts.empty() && forced == Forced::no)
    return failure(
        Diagnostic{.code = Code::field_conflict, .summary = "another manager owns a field", .cause = conflicts});
  mine = std::move(fresh);
  next.body = std::move(merged);
  next.times[{manager, "Apply"}] = clock_ + 1;
  store(id, std::move(next), fmt::format("apply {} by {}", to_string(id), manager));
  return to_object(id, objects_.at(id));
}

void FakeCluster::store(const ObjectId& id, Stored next, const std::string& what) {
  if (defaults) defaults(id, next.body);
  std::erase_if(next.owners, [](const auto& owner) { return owner.second.empty(); });
  const auto existing = objects_.find(id);
  if (existing != objects_.end() && existing->second.body == next.body && existing->second.owners == next.owners)
    return;
  ++clock_;
  next.version = clock_;
  if (existing == objects_.end()) next.uid = fmt::format("{}-{}", name_, clock_);
  objects_[id] = std::move(next);
  writes_.push_back(what);
}

void FakeCluster::update(const ObjectId& id, const std::string& manager, const std::function<void(json&)>& edit) {
  const auto existing = objects_.find(id);
  Stored next = existing == objects_.end() ? Stored{} : existing->second;
  if (existing == objects_.end()) {
    next.body = {{"apiVersion", id.api_version}, {"kind", id.kind}, {"metadata", {{"name", id.name}}}};
    if (!id.ns.empty()) next.body["metadata"]["namespace"] = id.ns;
  }
  const json before = existing == objects_.end() ? json::object() : next.body;
  edit(next.body);
  FieldSet changed, gone;
  compare(before, next.body, schema_of(id), changed, gone);
  for (auto& [owner, paths] : next.owners) {
    for (const FieldKeys& path : changed) paths.erase(path);
    for (const FieldKeys& path : gone) paths.erase(path);
  }
  if (!changed.empty()) next.owners[{manager, "Update"}].insert(changed.begin(), changed.end());
  next.times[{manager, "Update"}] = clock_ + 1;
  store(id, std::move(next), fmt::format("update {} by {}", to_string(id), manager));
}

void FakeCluster::remove(const ObjectId& id) {
  if (objects_.erase(id) > 0) writes_.push_back(fmt::format("delete {}", to_string(id)));
}

void FakeCluster::reset_ownership(const ObjectId& id) { objects_.at(id).owners.clear(); }

Result<void> FakeCluster::carry_out(const ObjectChange& change, const std::function<json(const FieldPath&)>& fill,
                                    const std::string& manager) {
  const auto applied = [&](json body, Forced forced) -> Result<void> {
    FieldPath at;
    fill_nulls(body, at, fill);
    Result<Object> result = apply(change.id, body, manager, forced);
    if (!result) return failure(std::move(result.error()));
    return {};
  };
  if (const auto* create = std::get_if<CreateObject>(&change.what)) return applied(create->body, Forced::no);
  if (const auto* replace = std::get_if<ReplaceObject>(&change.what)) {
    remove(change.id);
    return applied(replace->body, Forced::no);
  }
  if (std::holds_alternative<DeleteObject>(change.what)) remove(change.id);
  if (const auto* desired = std::get_if<UpdateObject>(&change.what)) {
    if (!desired->foreign_fields.empty()) {
      update(change.id, manager, [&](json& body) {
        for (const ForeignField& field : desired->foreign_fields) {
          if (field.value) {
            set_value(body, field.path, *field.value);
          } else {
            erase(body, keys_of(field.path));
          }
        }
      });
    }
    return applied(desired->body, desired->force ? Forced::yes : Forced::no);
  }
  return {};
}

Object FakeCluster::to_object(const ObjectId& id, const Stored& stored) const {
  Object object;
  object.id = id;
  object.uid = stored.uid;
  object.resource_version = std::to_string(stored.version);
  object.body = stored.body;
  for (const auto& [owner, paths] : stored.owners) {
    const bool of_status =
        std::all_of(paths.begin(), paths.end(), [](const auto& p) { return p.front() == "f:status"; });
    const auto at = stored.times.find(owner);
    const int second = at == stored.times.end() ? 0 : at->second;
    object.managers.push_back({.manager = owner.first,
                               .operation = owner.second,
                               .subresource = of_status ? "status" : "",
                               .time = fmt::format("2026-11-01T00:{:02}:{:02}Z", second / 60 % 60, second % 60),
                               .fields = to_fields_v1(paths)});
  }
  return object;
}

const Object* FakeCluster::find(const ObjectId& id) const {
  const auto it = objects_.find(id);
  if (it == objects_.end()) return nullptr;
  return &(shown_[id] = to_object(id, it->second));
}

ClusterState FakeCluster::read(const std::vector<ObjectId>& asked) const {
  ClusterState state;
  state.name = name_;
  state.server_version = "v1.32.1";
  state.asked.insert(asked.begin(), asked.end());
  for (const auto& [id, stored] : objects_) {
    Object object = to_object(id, stored);
    json& metadata = object.body.edit()["metadata"];
    if (json& notes = metadata["annotations"]; notes.is_null()) {
      metadata.erase("annotations");
    } else if (notes.contains(last_applied_annotation)) {
      object.has_last_applied = true;
      notes[last_applied_annotation] = "";
    }
    if (id.kind == "Secret") {
      object.metadata_only = true;
      object.body = json{{"apiVersion", id.api_version}, {"kind", id.kind}, {"metadata", metadata}};
    }
    state.asked.insert(id);
    state.found.emplace(id, std::move(object));
  }
  return state;
}

}  // namespace mesh::testing
