#include "engine/codec/change_json.h"
#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"
#include "engine/codec/plan_codec.h"
#include "engine/codec/rehearsal_codec.h"

namespace mesh {
namespace {

nlohmann::ordered_json to_json(const Summary& summary) {
  return {{"create", summary.create},  {"update", summary.update},       {"replace", summary.replace},
          {"delete", summary.delete_}, {"unchanged", summary.unchanged}, {"unknown", summary.unknown}};
}

nlohmann::ordered_json to_json(const Action& action) {
  nlohmann::ordered_json needs = nlohmann::ordered_json::array();
  for (const Address& need : action.needs) needs.push_back(need.text);
  nlohmann::ordered_json waits_for = nlohmann::ordered_json::array();
  for (const ObjectId& id : action.waits_for) waits_for.push_back(mesh::to_json(id));
  nlohmann::ordered_json objects = nlohmann::ordered_json::array();
  for (const ObjectChange& object : action.objects) objects.push_back(mesh::to_json(object));
  nlohmann::ordered_json document;
  document["address"] = action.address.text;
  document["kind"] = std::string(to_string(action.kind));
  document["cluster"] = action.cluster;
  document["peer"] = text_or_null(action.peer);
  document["operation"] = std::string(to_string(action.operation));
  document["reason"] = text_or_null(action.reason);
  document["needs"] = std::move(needs);
  document["interrupts"] = action.interrupts;
  document["waits_for"] = std::move(waits_for);
  document["objects"] = std::move(objects);
  return document;
}

nlohmann::ordered_json names_of(const std::vector<Address>& addresses) {
  nlohmann::ordered_json names = nlohmann::ordered_json::array();
  for (const Address& address : addresses) names.push_back(address.text);
  return names;
}

/// Paths that are as they were all the time tell nothing.
bool changed(const RehearsedPath& path) { return path.broke || path.before != path.after; }

nlohmann::ordered_json to_json(const Rehearsal& rehearsal) {
  nlohmann::ordered_json failed = nlohmann::ordered_json::array();
  for (const ActionReport& action : rehearsal.report.actions) {
    if (action.outcome == Outcome::failed) failed.push_back(action.address.text);
  }
  nlohmann::ordered_json paths = nlohmann::ordered_json::array();
  for (const RehearsedPath& path : rehearsal.paths) {
    if (!changed(path)) continue;
    paths.push_back({{"from", path.from},
                     {"to", path.to},
                     {"before", path.before},
                     {"after", path.after},
                     {"broke", path.broke},
                     {"during", names_of(path.during)},
                     {"reason", text_or_null(path.reason)}});
  }
  return {{"succeeded", succeeded(rehearsal)}, {"planned_otherwise", names_of(rehearsal.planned_otherwise)},
          {"failed", std::move(failed)},       {"second_plan_empty", rehearsal.left.empty()},
          {"left", names_of(rehearsal.left)},  {"paths", std::move(paths)}};
}

nlohmann::ordered_json document_of(const Plan& plan) {
  nlohmann::ordered_json clusters = nlohmann::ordered_json::array();
  for (const PlannedCluster& cluster : plan.clusters) clusters.push_back(to_json(cluster));
  nlohmann::ordered_json actions = nlohmann::ordered_json::array();
  for (const Action& action : plan.actions) actions.push_back(to_json(action));
  nlohmann::ordered_json document;
  document["format"] = plan_format;
  document["mesh"] = plan.mesh;
  document["spec_digest"] = plan.spec_digest;
  document["intent"] = plan.intent == Intent::apply ? "apply" : "destroy";
  document["only"] = plan.only;
  document["exclude"] = plan.exclude;
  document["complete"] = plan.complete;
  document["summary"] = to_json(summarize(plan));
  document["clusters"] = std::move(clusters);
  document["actions"] = std::move(actions);
  document["diagnostics"] = to_json(plan.diagnostics);
  return document;
}

}  // namespace

std::string encode_plan(const Plan& plan) { return json_text(document_of(plan)); }

std::string encode_plan(const Plan& plan, const Rehearsal& rehearsal) {
  nlohmann::ordered_json document = document_of(plan);
  document["rehearsal"] = to_json(rehearsal);
  return json_text(document);
}

nlohmann::json encode_diagnostic(const Diagnostic& diagnostic) { return to_json(diagnostic); }

}  // namespace mesh
