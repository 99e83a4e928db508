#include "tests/property/codec_random.h"

#include <array>
#include <cstdlib>
#include <string_view>

namespace mesh::testing {

unsigned fresh_seed() {
  const char* chosen = std::getenv("MESH_SEED");
  return chosen != nullptr ? static_cast<unsigned>(std::strtoul(chosen, nullptr, 10)) : std::random_device{}();
}

std::string RandomValues::text() {
  static constexpr std::array<std::string_view, 44> nasty = {
      "",       "yes",     "No",        "on",     "y",      "~",        "null",      "NULL",    "true",
      "False",  "0x1",     "0o17",      "1e3",    "1_000",  "12:30:45", "2026-11-2", ".inf",    "-.INF",
      ".nan",   "- a",     "a: b",      "a #b",   "#c",     "%YAML",    "---",       "...",     "? k",
      "*alias", "&anchor", "!tag",      "|",      "> x",    "@at",      "`tick`",    "'quote'", "\"double\"",
      "a\nb\n", "\n lead", "tab\there", "cr\r\n", "trail ", "back\\n",  "{a: b}",    "[1, 2]"};
  static constexpr std::array<std::string_view, 14> pieces = {
      "a",    "B9",  " ", "\n", ":", "#", "\"", "\\", "\xC3\xA9", "\xE2\x80\xA8", "\xEF\xBB\xBF", "\xF0\x9F\x9A\x80",
      "\x01", "\x7F"};
  if (coin()) return std::string(nasty[below(nasty.size())]);
  std::string made;
  for (std::size_t i = below(12); i > 0; --i) made += pieces[below(pieces.size())];
  if (below(50) == 0) made += std::string(1500, 'k');
  return made;
}

std::string RandomValues::name() {
  static constexpr std::array<std::string_view, 6> names = {"dc1", "store", "a-b", "x9", "istio-system", "edge.1"};
  return std::string(names[below(names.size())]) + std::to_string(below(1000));
}

nlohmann::json RandomValues::value(int depth) {
  switch (below(depth > 0 ? 9 : 7)) {
    case 0:
      return coin();
    case 1:
      return static_cast<int>(below(70000)) - 100;
    case 2:
      return std::uniform_real_distribution<double>(-1e9, 1e9)(engine_);
    case 3:
      return nullptr;
    case 4:
      return coin() ? nlohmann::json::object() : nlohmann::json::array();
    case 5:
    case 6:
      return text();
    case 7: {
      nlohmann::json list = nlohmann::json::array();
      for (std::size_t i = below(4); i > 0; --i) list.push_back(value(depth - 1));
      return list;
    }
    default: {
      nlohmann::json map = nlohmann::json::object();
      for (std::size_t i = below(4); i > 0; --i) map[text()] = value(depth - 1);
      return map;
    }
  }
}

ObjectId RandomValues::id() {
  static constexpr std::array<std::pair<const char*, const char*>, 5> kinds = {
      {{"v1", "Service"},
       {"v1", "Secret"},
       {"apps/v1", "Deployment"},
       {"rbac.authorization.k8s.io/v1", "ClusterRole"},
       {"networking.istio.io/v1", "Gateway"}}};
  const auto [api_version, kind] = kinds[below(kinds.size())];
  return {api_version, kind, coin() ? name() : "", name() + (below(5) == 0 ? ":reader" : "")};
}

nlohmann::json RandomValues::body(const ObjectId& id) {
  nlohmann::json made = {{"apiVersion", id.api_version}, {"kind", id.kind}, {"metadata", {{"name", id.name}}}};
  if (!id.ns.empty()) made["metadata"]["namespace"] = id.ns;
  made["metadata"]["labels"] = {{text(), text()}, {"istio.io/rev", text()}};
  made["spec"] = value(4);
  if (id.kind == "Secret") made["data"] = {{name(), nullptr}};
  return made;
}

FieldPath RandomValues::path() {
  FieldPath made{FieldName{"spec"}};
  for (std::size_t i = below(4); i > 0; --i) {
    switch (below(3)) {
      case 0:
        made.emplace_back(FieldName{coin() ? name() : "istio.io/\"rev\\"});
        break;
      case 1:
        made.emplace_back(ListKey{{{"port", below(65536)}, {"protocol", "T],=\"CP"}}});
        break;
      default:
        made.emplace_back(SetValue{nlohmann::json(name() + "]")});
    }
  }
  return made;
}

Diagnostics RandomValues::diagnostics() {
  Diagnostics made;
  for (std::size_t i = below(3); i > 0; --i) {
    Diagnostic one{.code = coin() ? Code::unreachable : Code::field_conflict,
                   .severity = coin() ? Severity::error : Severity::warning,
                   .where = text(),
                   .summary = text(),
                   .cause = text(),
                   .hint = text()};
    if (coin()) one.at = Position{text(), below(100), below(100)};
    made.push_back(one);
  }
  return made;
}

FieldOwner RandomValues::owner() {
  FieldOwner made{.manager = text(), .operation = coin() ? "Apply" : "", .subresource = coin() ? "status" : ""};
  if (coin()) made.time = "2026-11-22T09:54:00Z";
  return made;
}

FieldChange RandomValues::field_change() {
  FieldChange made{.path = path()};
  made.sensitive = below(4) == 0;
  made.before_present = coin();
  made.after_present = coin();
  made.known_after_apply = below(5) == 0;
  // A null value and no value are the same in the document.
  const auto side = [&]() -> std::optional<nlohmann::json> {
    nlohmann::json some = value(2);
    if (made.sensitive || some.is_null()) return std::nullopt;
    return some;
  };
  made.before = side();
  made.after = side();
  for (std::size_t i = below(3); i > 0; --i) made.owned_by.push_back(owner());
  return made;
}

Ground RandomValues::ground() { return {name(), std::to_string(below(100000)), coin() ? name() : ""}; }

ObjectChange RandomValues::object_change() {
  ObjectChange made{.id = id()};
  switch (below(5)) {
    case 0:
      made.what = CreateObject{body(made.id)};
      break;
    case 1: {
      UpdateObject update{body(made.id), ground(), coin(), {}};
      if (coin())
        update.foreign_fields.push_back(
            {path(), coin() ? std::optional<nlohmann::json>() : std::optional<nlohmann::json>(7)});
      made.what = update;
      break;
    }
    case 2:
      made.what = ReplaceObject{body(made.id), ground(), text()};
      break;
    case 3:
      made.what = DeleteObject{ground()};
      break;
    default:
      made.what = KeepObject{ground()};
  }
  for (std::size_t i = below(3); i > 0; --i) made.fields.push_back(field_change());
  return made;
}

Action RandomValues::action(const std::string& cluster, ActionKind kind, const std::vector<Action>& before) {
  Action made{.kind = kind, .cluster = cluster};
  made.address.text = cluster + "/" + std::string(to_string(kind));
  if (kind == ActionKind::discovery) {
    made.peer = name();
    made.address.text += "/" + *made.peer;
  }
  made.operation = static_cast<Operation>(below(6));
  made.reason = text();
  for (const Action& earlier : before) {
    if (below(4) == 0) made.depends_on.push_back(earlier.address);
  }
  for (std::size_t i = below(3); i > 0; --i) made.interrupts.push_back(name() + " -> " + name());
  for (std::size_t i = below(3); i > 0; --i) made.objects.push_back(object_change());
  for (std::size_t i = below(3); i > 0; --i) made.waits_for.push_back(id());
  return made;
}

Plan RandomValues::plan() {
  Plan made{.mesh = text(), .spec_digest = name(), .intent = coin() ? Intent::apply : Intent::destroy};
  made.complete = coin();
  if (coin()) made.only = {name() + "/*"};
  if (coin()) made.exclude = {name(), text()};
  for (std::size_t i = below(4); i > 0; --i) {
    const std::string cluster = name() + "-" + std::to_string(i);
    made.clusters.push_back({.name = cluster,
                             .reachable = coin(),
                             .server_version = coin() ? "v1.32.1" : "",
                             .uids = coin() ? ClusterUids{{"kube-system", name()}} : ClusterUids{},
                             .error = diagnostics()});
    for (const ActionKind kind :
         {ActionKind::network, ActionKind::reader, ActionKind::gateway, ActionKind::expose, ActionKind::discovery}) {
      if (coin()) made.actions.push_back(action(cluster, kind, made.actions));
    }
  }
  made.diagnostics = diagnostics();
  return made;
}

Report RandomValues::report() {
  Report made{.snapshot = coin() ? name() : "", .diagnostics = diagnostics()};
  for (std::size_t i = below(4); i > 0; --i) {
    ActionReport one{.address = {name() + "/gateway"},
                     .outcome = static_cast<Outcome>(below(4)),
                     .attempts = static_cast<int>(below(5)),
                     .took = std::chrono::milliseconds(below(100000)),
                     .error = diagnostics(),
                     .warnings = diagnostics()};
    for (std::size_t n = below(3); n > 0; --n) {
      one.applied[id()] = coin() ? std::optional(nlohmann::json()) : std::nullopt;
    }
    made.actions.push_back(one);
  }
  return made;
}

Drift RandomValues::drift() {
  Drift made;
  made.mesh = text();
  made.snapshot = coin() ? name() : "";
  made.since = "2026-11-22T09:54:00Z";
  made.complete = coin();
  made.clusters.push_back({.name = name(), .reachable = coin(), .error = diagnostics()});
  for (std::size_t i = below(4); i > 0; --i) {
    DriftItem item;
    item.address.text = name() + "/gateway";
    item.cluster = name();
    item.object = id();
    if (coin()) item.path = path();
    if (coin()) item.expected = value(2);
    if (coin()) item.actual = value(2);
    item.sensitive = coin();
    item.manager = text();
    if (coin()) item.time = "2026-11-22T09:54:00Z";
    made.items.push_back(item);
  }
  return made;
}

Snapshot RandomValues::snapshot() {
  Snapshot made{.spec_text = text(),
                .plan_digest = name(),
                .spec_digest = name(),
                .result = "done",
                .time = "2026-11-22T09:54:00Z",
                .plan_json = text(),
                .report_json = text()};
  for (std::size_t i = below(4); i > 0; --i) {
    ClusterSnapshot cluster{.status = static_cast<ClusterStatus>(below(3)),
                            .as_of = coin() ? "2026" : "",
                            .uids = coin() ? ClusterUids{{"kube-system", "u"}} : ClusterUids{},
                            .protect = coin()};
    for (std::size_t n = below(5); n > 0; --n) {
      const ObjectId which = id();
      cluster.objects[which] = body(which);
    }
    const std::string cluster_name = below(5) == 0 ? ".git/ x%" : name();
    if (cluster.status == ClusterStatus::removed) made.removed_specs[cluster_name] = text();
    made.clusters[cluster_name] = cluster;
  }
  return made;
}

}  // namespace mesh::testing
