#include "engine/codec/change_json.h"

#include <fmt/format.h>

#include "engine/base/json.h"
#include "engine/codec/common_json.h"

namespace mesh {
namespace {

nlohmann::ordered_json to_json(const FieldOwner& owner) {
  return {{"manager", owner.manager},
          {"operation", text_or_null(owner.operation)},
          {"subresource", text_or_null(owner.subresource)},
          {"time", text_or_null(owner.time)}};
}

nlohmann::ordered_json to_json(const FieldChange& change) {
  // The values of a sensitive field stay here even if somebody put them into the change.
  const auto shown = [&](const std::optional<nlohmann::json>& value) {
    return value && !change.sensitive ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
  };
  nlohmann::ordered_json owners = nlohmann::ordered_json::array();
  for (const FieldOwner& owner : change.owned_by) owners.push_back(to_json(owner));
  return {{"path", to_string(change.path)},
          {"before", shown(change.before)},
          {"after", shown(change.after)},
          {"sensitive", change.sensitive},
          {"before_present", change.before_present},
          {"after_present", change.after_present},
          {"known_after_apply", change.known_after_apply},
          {"owned_by", std::move(owners)}};
}

nlohmann::ordered_json to_json(const Ground& ground) {
  return {{"uid", ground.uid}, {"resource_version", ground.resource_version}, {"digest", text_or_null(ground.digest)}};
}

FieldPath path_of(const std::string& text, const JsonPlace& place, JsonProblems& problems) {
  FieldPath path = parse_field_path(text);
  if (path.empty() && !text.empty()) {
    problems.add(place, "field has a value that cannot be",
                 fmt::format("is not a field path: `{}`", text.substr(0, 80)));
  }
  return path;
}

FieldOwner read_owner(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  if (!from.is_object()) return {};
  FieldOwner owner{.manager = from.text("manager"),
                   .operation = from.text_or_null("operation").value_or(""),
                   .subresource = from.text_or_null("subresource").value_or(""),
                   .time = from.text_or_null("time")};
  from.finish();
  return owner;
}

FieldChange read_field_change(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  FieldChange change;
  if (!from.is_object()) return change;
  change.path = path_of(from.text("path"), from.below("path"), problems);
  const nlohmann::json& before = from.any("before");
  const nlohmann::json& after = from.any("after");
  if (!before.is_null()) change.before = before;
  if (!after.is_null()) change.after = after;
  change.sensitive = from.flag("sensitive");
  change.before_present = from.flag("before_present");
  change.after_present = from.flag("after_present");
  change.known_after_apply = from.flag("known_after_apply");
  from.list("owned_by", [&](const nlohmann::json& item, const JsonPlace& at) {
    change.owned_by.push_back(read_owner(item, at, problems));
  });
  from.finish();
  if (change.sensitive && (change.before || change.after)) {
    problems.add(place, "sensitive field has a value", "is sensitive: `before` and `after` must be null");
  }
  return change;
}

ForeignField read_foreign_field(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  ForeignField field;
  if (!from.is_object()) return field;
  field.path = path_of(from.text("path"), from.below("path"), problems);
  if (const nlohmann::json& given = from.any("value"); !given.is_null()) field.value = given;
  from.finish();
  return field;
}

std::optional<Ground> read_ground(JsonObjectReader& from, JsonProblems& problems) {
  const nlohmann::json* value = from.object_or_null("ground");
  if (value == nullptr) return std::nullopt;
  const JsonPlace place = from.below("ground");
  JsonObjectReader ground(*value, place, problems);
  Ground read{.uid = ground.text("uid"),
              .resource_version = ground.text("resource_version"),
              .digest = ground.text_or_null("digest").value_or("")};
  ground.finish();
  return read;
}

/// The body must be the object that the entry names: apply writes what it finds here.
void check_identity(const nlohmann::json& body, const ObjectId& id, const JsonPlace& place, JsonProblems& problems) {
  const ObjectId found{text_at(body, "apiVersion"), text_at(body, "kind"), text_at(body, {"metadata", "namespace"}),
                       text_at(body, {"metadata", "name"})};
  if (found != id) {
    problems.add(place, "object is not the one that its entry names",
                 fmt::format("is {}, not {}", to_string(found), to_string(id)));
  }
}

struct ReadSides {
  const nlohmann::json* desired = nullptr;
  std::optional<Ground> ground;
  bool force = false;
  std::vector<ForeignField> foreign_fields;
  std::string why;
};

/// Puts the sides together as the operation needs them; tells those that are missing or too many.
void assemble(ObjectChange& change, Operation operation, ReadSides sides, const JsonPlace& place,
              JsonProblems& problems) {
  const bool writes =
      operation == Operation::create || operation == Operation::update || operation == Operation::replace;
  const bool stands = operation != Operation::create;
  const auto agree = [&](bool there, bool needed, std::string_view key) {
    if (there == needed) return;
    problems.add(JsonPlace{&place, key, 0}, "field does not fit the operation",
                 fmt::format("must {}be null where the operation is `{}`", needed ? "not " : "", to_string(operation)));
  };
  agree(sides.desired != nullptr, writes, "desired");
  agree(sides.ground.has_value(), stands, "ground");
  if (operation != Operation::update && (sides.force || !sides.foreign_fields.empty())) {
    problems.add(place, "field does not fit the operation",
                 "has `force` or `foreign_fields`, which only updates can have");
  }
  if (operation != Operation::replace && !sides.why.empty()) agree(true, false, "why");
  const nlohmann::json body = sides.desired == nullptr ? nlohmann::json() : *sides.desired;
  if (sides.desired != nullptr) check_identity(body, change.id, JsonPlace{&place, "desired", 0}, problems);
  Ground ground = std::move(sides.ground).value_or(Ground{});
  switch (operation) {
    case Operation::create:
      change.what = CreateObject{body};
      break;
    case Operation::update:
      change.what = UpdateObject{body, std::move(ground), sides.force, std::move(sides.foreign_fields)};
      break;
    case Operation::replace:
      change.what = ReplaceObject{body, std::move(ground), std::move(sides.why)};
      break;
    case Operation::delete_:
      change.what = DeleteObject{std::move(ground)};
      break;
    case Operation::unchanged:
    case Operation::unknown:
      change.what = KeepObject{std::move(ground)};
      break;
  }
}

}  // namespace

nlohmann::ordered_json to_json(const ObjectChange& change) {
  nlohmann::ordered_json foreign_fields = nlohmann::ordered_json::array();
  const auto* update = std::get_if<UpdateObject>(&change.what);
  const auto* replace = std::get_if<ReplaceObject>(&change.what);
  if (update != nullptr) {
    for (const ForeignField& field : update->foreign_fields) {
      foreign_fields.push_back(
          {{"path", to_string(field.path)},
           {"value", field.value ? nlohmann::ordered_json(*field.value) : nlohmann::ordered_json()}});
    }
  }
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (const FieldChange& field : change.fields) changes.push_back(to_json(field));
  nlohmann::ordered_json object = to_json(change.id);
  object["operation"] = std::string(to_string(operation_of(change)));
  object["changes"] = std::move(changes);
  const nlohmann::json* body = body_in(change);
  const Ground* ground = ground_in(change);
  object["desired"] = body == nullptr ? nlohmann::ordered_json() : nlohmann::ordered_json(without_secret_values(*body));
  object["ground"] = ground == nullptr ? nlohmann::ordered_json() : to_json(*ground);
  object["force"] = update != nullptr && update->force;
  object["foreign_fields"] = std::move(foreign_fields);
  object["why"] = replace == nullptr ? nlohmann::ordered_json() : text_or_null(replace->why);
  return object;
}

ObjectChange read_object_change(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  ObjectChange change;
  if (!from.is_object()) return change;
  change.id = read_id(from);
  const auto operation = from.name("operation", "create, update, replace, delete or unchanged",
                                   [](std::string_view text) -> std::optional<Operation> {
                                     const auto parsed = parse_operation(text);
                                     return parsed == Operation::unknown ? std::nullopt : parsed;
                                   });
  from.list("changes", [&](const nlohmann::json& item, const JsonPlace& at) {
    change.fields.push_back(read_field_change(item, at, problems));
  });
  ReadSides sides;
  sides.desired = from.object_or_null("desired");
  sides.ground = read_ground(from, problems);
  sides.force = from.flag("force");
  from.list("foreign_fields", [&](const nlohmann::json& item, const JsonPlace& at) {
    sides.foreign_fields.push_back(read_foreign_field(item, at, problems));
  });
  sides.why = from.text_or_null("why").value_or("");
  from.finish();
  if (operation) assemble(change, *operation, std::move(sides), place, problems);
  return change;
}

}  // namespace mesh
