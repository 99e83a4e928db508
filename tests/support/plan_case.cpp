#include "tests/support/plan_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mesh::testing {
namespace {

using nlohmann::json;

std::vector<FieldPath> read_paths(const json& from, const char* key) {
  std::vector<FieldPath> paths;
  for (const json& text : from.value(key, json::array())) paths.push_back(parse_field_path(text.get<std::string>()));
  return paths;
}

ObjectId id_of(const json& body) {
  const json& metadata = body.at("metadata");
  return {body.at("apiVersion").get<std::string>(), body.at("kind").get<std::string>(), metadata.value("namespace", ""),
          metadata.at("name").get<std::string>()};
}

Ownership read_ownership(const std::string& text) {
  if (text == "shared") return Ownership::shared;
  return text == "foreign" ? Ownership::foreign : Ownership::owned;
}

DesiredObject read_object(const json& from) {
  DesiredObject object;
  object.body = from.at("body");
  object.id = id_of(object.body);
  object.ownership = read_ownership(from.value("ownership", "owned"));
  object.sensitive = read_paths(from, "sensitive");
  object.exclusive = read_paths(from, "exclusive");
  object.forbidden = read_paths(from, "forbidden");
  object.creation_only = read_paths(from, "creation_only");
  object.evidence = parse_field_path(from.value("evidence", ""));
  for (const json& rule : from.value("unique", json::array()))
    object.unique.push_back(
        {parse_field_path(rule.at("list").get<std::string>()), rule.at("field").get<std::string>()});
  for (const json& rule : from.value("stopped", json::array()))
    object.stopped.push_back(
        {parse_field_path(rule.at("path").get<std::string>()), rule.at("stopped"), rule.at("value")});
  for (const json& reference : from.value("references", json::array())) {
    object.references.push_back({parse_field_path(reference.at("path").get<std::string>()),
                                 reference.at("cluster").get<std::string>(), id_of(reference.at("source"))});
  }
  return object;
}

DesiredAction read_action(const json& from) {
  DesiredAction action;
  action.address.text = from.at("address").get<std::string>();
  const std::string& text = action.address.text;
  const std::size_t slash = text.find('/');
  const std::size_t second = text.find('/', slash + 1);
  action.cluster = text.substr(0, slash);
  action.kind = parse_action_kind(text.substr(slash + 1, second - slash - 1)).value_or(ActionKind::network);
  if (second != std::string::npos) action.peer = text.substr(second + 1);
  if (from.value("presence", "present") == "absent") action.presence = Presence::absent;
  for (const json& need : from.value("depends_on", json::array()))
    action.depends_on.push_back({need.get<std::string>()});
  for (const json& object : from.value("objects", json::array())) action.objects.push_back(read_object(object));
  for (const json& awaited : from.value("waits_for", json::array())) action.waits_for.push_back(id_of(awaited));
  action.readiness = from.value("not_ready", std::string());
  action.paths = from.value("paths", std::vector<std::string>());
  action.interrupting = read_paths(from, "interrupting");
  action.interrupting_when_set = from.value("interrupting_when_set", false);
  action.why_absent = from.value("why_absent", "");
  return action;
}

/// One event of a cluster's past: `{"by","apply"|"force"|"update"|"take","object"}`, `{"reset"|"delete"}`.
void replay(const json& event, FakeCluster& cluster) {
  const std::string by = event.value("by", "");
  for (const char* how : {"apply", "force"}) {
    if (!event.contains(how)) continue;
    const json& body = event.at(how);
    const auto done = cluster.apply(id_of(body), body, by, std::string(how) == "force" ? Forced::yes : Forced::no);
    if (!done) throw std::runtime_error(done.error().front().cause);
  }
  if (event.contains("update")) {
    const json& body = event.at("update");
    cluster.update(id_of(body), by, [&](json& live) { live.merge_patch(body); });
  }
  if (event.contains("reset")) cluster.reset_ownership(id_of(event.at("reset")));
  if (event.contains("delete")) cluster.remove(id_of(event.at("delete")));
}

std::string text_of(const std::optional<json>& value) { return value ? value->dump() : "nothing"; }

std::string dump(const FieldChange& change) {
  std::string text = fmt::format("        {}: ", to_string(change.path));
  if (change.sensitive) {
    text += fmt::format("{} -> {}, sensitive", change.before_present ? "something" : "nothing",
                        change.after_present ? "something" : "nothing");
  } else {
    text += fmt::format("{} -> {}", text_of(change.before),
                        change.known_after_apply ? "known after apply" : text_of(change.after));
  }
  for (const FieldOwner& owner : change.owned_by) text += fmt::format(" | {} {}", owner.manager, owner.operation);
  return text + '\n';
}

std::string dump(const ObjectChange& change) {
  static constexpr const char* marks[] = {"=", "+", "~", "!", "-"};
  std::string text = fmt::format("    {} {}", marks[change.what.index()], to_string(change.id));
  if (const auto* update = std::get_if<UpdateObject>(&change.what)) {
    if (update->force) text += ", forced";
    for (const ForeignField& field : update->foreign_fields)
      text += fmt::format(", {} foreign {}", field.value ? "sets" : "removes", to_string(field.path));
  }
  if (const auto* replace = std::get_if<ReplaceObject>(&change.what)) text += ", because " + replace->why;
  text += '\n';
  for (const FieldChange& field : change.fields) text += dump(field);
  return text;
}

std::string dump(const Action& action) {
  std::string text = fmt::format("{} {}", to_string(action.operation), action.address.text);
  if (!action.reason.empty()) text += fmt::format(" ({})", action.reason);
  text += '\n';
  std::vector<std::string> depends_on, waits;
  for (const Address& need : action.depends_on) depends_on.push_back(need.text);
  for (const ObjectId& awaited : action.waits_for) waits.push_back(to_string(awaited));
  if (!depends_on.empty()) text += fmt::format("    depends on {}\n", fmt::join(depends_on, ", "));
  if (!waits.empty()) text += fmt::format("    waits for {}\n", fmt::join(waits, ", "));
  if (!action.interrupts.empty()) text += fmt::format("    interrupts {}\n", fmt::join(action.interrupts, ", "));
  for (const ObjectChange& change : action.objects) text += dump(change);
  return text;
}

const DesiredObject* desired_object(const DesiredState& desired, const std::string& cluster, const ObjectId& id) {
  for (const DesiredAction& action : desired.actions) {
    for (const DesiredObject& object : action.objects) {
      if (action.cluster == cluster && object.id == id) return &object;
    }
  }
  return nullptr;
}

}  // namespace

DesiredState read_desired(const json& actions) {
  DesiredState desired;
  for (const json& action : actions) desired.actions.push_back(read_action(action));
  return desired;
}

PlanCase read_plan_case(const json& text, const FieldSchemas& schemas) {
  PlanCase world;
  world.mesh = text.value("mesh", "prod");
  if (text.value("intent", "apply") == "destroy") world.intent = Intent::destroy;
  world.desired = read_desired(text.at("desired"));
  world.only = text.value("only", std::vector<std::string>());
  world.exclude = text.value("exclude", std::vector<std::string>());
  for (const auto& [name, past] : text.at("clusters").items()) {
    if (past == "unreachable") {
      world.unreachable.insert(name);
      continue;
    }
    FakeCluster& cluster = world.clusters.try_emplace(name, name, schemas).first->second;
    for (const json& event : past) replay(event, cluster);
  }
  return world;
}

LiveState live_of(const PlanCase& world) {
  std::map<std::string, std::vector<ObjectId>> asked;
  for (const DesiredAction& action : world.desired.actions) {
    for (const DesiredObject& object : action.objects) {
      asked[action.cluster].push_back(object.id);
      for (const Reference& reference : object.references) asked[reference.cluster].push_back(reference.source);
    }
  }
  LiveState live;
  for (const auto& [name, cluster] : world.clusters) live.clusters[name] = cluster.read(asked[name]);
  for (const std::string& name : world.unreachable) {
    ClusterState& state = live.clusters[name];
    state.name = name;
    state.reading = Unreachable{Diagnostics{{.code = Code::timed_out, .summary = "cluster did not answer"}}};
  }
  return live;
}

Result<void> carry_out(const Plan& plan, PlanCase& world) {
  for (const Action& action : plan.actions) {
    for (const ObjectChange& change : action.objects) {
      const DesiredObject* desired = desired_object(world.desired, action.cluster, change.id);
      const auto fill = [&](const FieldPath& path) -> json {
        if (desired == nullptr) return "";
        for (const Reference& reference : desired->references) {
          if (reference.path != path) continue;
          const Object* source = world.clusters.at(reference.cluster).find(reference.source);
          return source == nullptr ? "" : source->uid;
        }
        return "U0VDUkVU";
      };
      Result<void> done = world.clusters.at(action.cluster).carry_out(change, fill, field_manager_of(plan.mesh));
      if (!done) return done;
    }
  }
  return {};
}

std::string dump(const Plan& plan) {
  std::string text = plan.complete ? "complete\n" : "incomplete\n";
  for (const Action& action : plan.actions) text += dump(action);
  for (const Diagnostic& diagnostic : plan.diagnostics)
    text += fmt::format("{} {}: {}\n", to_string(diagnostic.code), diagnostic.where, diagnostic.summary);
  return text;
}

}  // namespace mesh::testing
