#include "engine/plan/drift_rules.h"

#include <algorithm>

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "engine/plan/diff/body.h"

namespace mesh {
namespace {

using nlohmann::json;

void collect_nulls(const json& value, FieldPath& at, std::vector<FieldPath>& found) {
  if (value.is_null()) found.push_back(at);
  if (!value.is_object()) return;
  for (auto field = value.begin(); field != value.end(); ++field) {
    at.emplace_back(FieldName{field.key()});
    collect_nulls(*field, at, found);
    at.pop_back();
  }
}

}  // namespace

DriftRules::DriftRules(const DesiredState& desired, const Snapshot& snapshot) {
  for (const DesiredAction& action : desired.actions) {
    for (const DesiredObject& object : action.objects)
      desired_.try_emplace({action.cluster, object.id}, Known{&action, &object});
  }
  const json plan = foreign_json_or_discarded(snapshot.plan_json);
  for (const json& action : list_at(plan, {"actions"})) {
    const std::string cluster = text_at(action, "cluster");
    for (const json& object : list_at(action, {"objects"})) {
      const ObjectId id{text_at(object, "api_version"), text_at(object, "kind"), text_at(object, "namespace"),
                        text_at(object, "name")};
      planned_.try_emplace({cluster, id}, Address{text_at(action, "address")});
    }
  }
}

Address DriftRules::address_of(const std::string& cluster, const ObjectId& id) const {
  if (const auto it = desired_.find({cluster, id}); it != desired_.end()) return it->second.action->address;
  if (const auto it = planned_.find({cluster, id}); it != planned_.end()) return it->second;
  return Address{cluster};
}

bool DriftRules::knows(const std::string& cluster, const ObjectId& id) const {
  return desired_.contains({cluster, id}) || planned_.contains({cluster, id});
}

DesiredObject DriftRules::rules_for(const std::string& cluster, const ObjectId& id, const json& applied) const {
  DesiredObject rules;
  rules.id = id;
  if (const auto it = desired_.find({cluster, id}); it != desired_.end()) {
    rules.sensitive = it->second.object->sensitive;
    rules.exclusive = it->second.object->exclusive;
    rules.forbidden = it->second.object->forbidden;
    rules.unique = it->second.object->unique;
    rules.stopped = it->second.object->stopped;
  }
  FieldPath at;
  collect_nulls(applied, at, rules.sensitive);
  rules.body = planned_body(rules, applied, {});
  return rules;
}

}  // namespace mesh
