#include "engine/plan/approval.h"

#include "engine/base/digest.h"

namespace mesh {
namespace {

using nlohmann::json;

json or_null(const std::optional<json>& value) { return value ? *value : json(); }

json shown(const FieldChange& field) {
  json owners = json::array();
  for (const FieldOwner& owner : field.owned_by) owners.push_back({owner.manager, owner.operation, owner.subresource});
  return {{"path", to_string(field.path)},
          {"before", or_null(field.before)},
          {"after", or_null(field.after)},
          {"sensitive", field.sensitive},
          {"before_present", field.before_present || field.before.has_value()},
          {"after_present", field.after_present || field.after.has_value()},
          {"known_after_apply", field.known_after_apply},
          {"owned_by", std::move(owners)}};
}

json needs_of(const Action& action) {
  json needs = json::array();
  for (const Address& need : action.depends_on) needs.push_back(need.text);
  return needs;
}

bool loses_content(const ObjectChange& change) {
  return std::holds_alternative<DeleteObject>(change.what) || std::holds_alternative<ReplaceObject>(change.what);
}

}  // namespace

json approval_of(const ObjectChange& change) {
  const Ground* ground = ground_in(change);
  const json* body = body_in(change);
  json approval = {{"api_version", change.id.api_version},
                   {"kind", change.id.kind},
                   {"namespace", change.id.ns},
                   {"name", change.id.name},
                   {"operation", to_string(operation_of(change))},
                   {"uid", ground == nullptr ? std::string() : ground->uid},
                   // What goes with the object: content that came since was not approved to go.
                   {"digest", loses_content(change) ? ground->digest : std::string()},
                   {"body", body == nullptr ? json() : *body},
                   {"fields", json::array()},
                   {"foreign_fields", json::array()}};
  for (const FieldChange& field : change.fields) approval["fields"].push_back(shown(field));
  if (const auto* update = std::get_if<UpdateObject>(&change.what)) {
    approval["force"] = update->force;
    for (const ForeignField& field : update->foreign_fields) {
      approval["foreign_fields"].push_back({to_string(field.path), or_null(field.value)});
    }
  }
  return approval;
}

std::string plan_digest(const Plan& plan) {
  json actions = json::array();
  for (const Action& action : plan.actions) {
    if (!writes(action)) continue;
    json objects = json::array();
    for (const ObjectChange& change : action.objects) {
      if (writes(change)) objects.push_back(approval_of(change));
    }
    actions.push_back(
        {action.address.text, to_string(action.operation), action.interrupts, needs_of(action), std::move(objects)});
  }
  json clusters = json::array();
  for (const PlannedCluster& cluster : plan.clusters) clusters.push_back({cluster.name, cluster.uids});
  const json all = {plan.mesh,         plan.spec_digest, plan.intent == Intent::destroy ? "destroy" : "apply",
                    plan.only,         plan.exclude,     std::move(clusters),
                    std::move(actions)};
  return sha256_hex(all.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace mesh
