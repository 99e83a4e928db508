#include "engine/codec/plan_codec.h"

#include <fmt/format.h>

#include <set>

#include "engine/codec/change_json.h"
#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"
#include "engine/codec/rehearsal_codec.h"

namespace mesh {
namespace {

nlohmann::ordered_json to_json(const Summary& summary) {
  return {{"create", summary.create},  {"update", summary.update},       {"replace", summary.replace},
          {"delete", summary.delete_}, {"unchanged", summary.unchanged}, {"unknown", summary.unknown}};
}

nlohmann::ordered_json to_json(const Action& action) {
  nlohmann::ordered_json depends_on = nlohmann::ordered_json::array();
  for (const Address& need : action.depends_on) depends_on.push_back(need.text);
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
  document["depends_on"] = std::move(depends_on);
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

/// What is not planned: clusters that could not be read, and actions.
nlohmann::ordered_json incomplete_json(const Plan& plan) {
  nlohmann::ordered_json list = incomplete_json(plan.clusters);
  for (const Action& action : plan.actions) {
    if (action.operation != Operation::unknown) continue;
    list.push_back(
        {{"cluster", action.cluster}, {"address", action.address.text}, {"reason", text_or_null(action.reason)}});
  }
  return list;
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
  document["incomplete"] = incomplete_json(plan);
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

namespace {

Action read_action(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  Action action;
  if (!from.is_object()) return action;
  action.address.text = from.text("address");
  action.kind = from.name("kind", "network, reader, gateway, expose or discovery", parse_action_kind)
                    .value_or(ActionKind::network);
  action.cluster = from.text("cluster");
  action.peer = from.text_or_null("peer");
  action.operation = from.name("operation", "create, update, replace, delete, unchanged or unknown", parse_operation)
                         .value_or(Operation::unknown);
  action.reason = from.text_or_null("reason").value_or("");
  for (std::string& need : from.texts("depends_on")) action.depends_on.push_back({std::move(need)});
  action.interrupts = from.texts("interrupts");
  from.list("waits_for", [&](const nlohmann::json& item, const JsonPlace& at) {
    JsonObjectReader id(item, at, problems);
    if (!id.is_object()) return;
    action.waits_for.push_back(read_id(id));
    id.finish();
  });
  from.list("objects", [&](const nlohmann::json& item, const JsonPlace& at) {
    action.objects.push_back(read_object_change(item, at, problems));
  });
  from.finish();
  return action;
}

/// What the parts say of each other: an apply relies on it, and a plan file can have been edited.
void check_actions(const Plan& plan, const JsonPlace& root, JsonProblems& problems) {
  const JsonPlace list{&root, "actions", 0};
  std::set<std::string_view> clusters;
  for (const PlannedCluster& cluster : plan.clusters) clusters.insert(cluster.name);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    const Action& action = plan.actions[i];
    const JsonPlace place{&list, {}, i};
    const std::string address = action.peer
                                    ? fmt::format("{}/{}/{}", action.cluster, to_string(action.kind), *action.peer)
                                    : fmt::format("{}/{}", action.cluster, to_string(action.kind));
    if (address != action.address.text && address + former_part != action.address.text) {
      problems.add({&place, "address", 0}, "address does not fit the action",
                   fmt::format("is `{}`, but cluster, kind and peer make `{}`", action.address.text, address));
    }
    if (!clusters.contains(action.cluster)) {
      problems.add({&place, "cluster", 0}, "action of an unknown cluster",
                   fmt::format("is `{}`, which is not among the plan's clusters", action.cluster));
    }
    for (const Address& need : action.depends_on) {
      if (seen.contains(need.text)) continue;
      problems.add({&place, "depends_on", 0}, "action depends on one that does not come before it",
                   fmt::format("names `{}`, and no earlier action has that address", need.text));
    }
    if (!seen.insert(action.address.text).second) {
      problems.add({&place, "address", 0}, "two actions with one address", fmt::format("is `{}` again", address));
    }
  }
}

void check_summary(const nlohmann::json& document, const Plan& plan, const JsonPlace& root, JsonProblems& problems) {
  const JsonPlace place{&root, "summary", 0};
  JsonObjectReader from(document["summary"], place, problems);
  if (!from.is_object()) return;
  Summary said;
  said.create = from.number("create");
  said.update = from.number("update");
  said.replace = from.number("replace");
  said.delete_ = from.number("delete");
  said.unchanged = from.number("unchanged");
  said.unknown = from.number("unknown");
  from.finish();
  if (problems.found.empty() && said != summarize(plan)) {
    problems.add(place, "summary does not fit the actions", "counts something else than the actions say");
  }
}

std::optional<Intent> parse_intent(std::string_view text) {
  if (text == "apply") return Intent::apply;
  if (text == "destroy") return Intent::destroy;
  return std::nullopt;
}

}  // namespace

Result<Plan> decode_plan(const std::string& bytes, const std::string& file_name) {
  const Result<nlohmann::json> parsed = parse_json(bytes, file_name);
  if (!parsed) return failure(parsed.error());
  JsonProblems problems{.file = file_name, .hint = "make the plan again: mesh plan --out FILE"};
  if (!check_format(*parsed, plan_format, problems)) return failure(std::move(problems.found));

  const JsonPlace root;
  JsonObjectReader from(*parsed, root, problems);
  Plan plan;
  from.text("format");
  plan.mesh = from.text("mesh");
  plan.spec_digest = from.text("spec_digest");
  plan.intent = from.name("intent", "`apply` or `destroy`", parse_intent).value_or(Intent::apply);
  plan.only = from.texts("only");
  plan.exclude = from.texts("exclude");
  plan.complete = from.flag("complete");
  // For readers: the clusters and the actions say the same.
  if (parsed->is_object() && parsed->contains("incomplete")) from.any("incomplete");
  from.any("summary");
  from.list("clusters", [&](const nlohmann::json& item, const JsonPlace& at) {
    plan.clusters.push_back(read_cluster(item, at, problems));
  });
  from.list("actions", [&](const nlohmann::json& item, const JsonPlace& at) {
    plan.actions.push_back(read_action(item, at, problems));
  });
  plan.diagnostics = read_diagnostics(from, "diagnostics", problems, false);
  // For readers: an apply rehearses nothing.
  if (parsed->is_object() && parsed->contains("rehearsal")) from.object_or_null("rehearsal");
  from.finish();
  // Only where the parts are sound is it worth saying how they fit together.
  if (problems.found.empty()) check_actions(plan, root, problems);
  if (parsed->contains("summary")) check_summary(*parsed, plan, root, problems);
  if (!problems.found.empty()) return failure(std::move(problems.found));
  return plan;
}

}  // namespace mesh
