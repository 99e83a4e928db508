#include "engine/codec/common_json.h"

#include <fmt/format.h>

#include <array>

#include "engine/base/json.h"

namespace mesh {
namespace {

std::optional<Code> parse_code(std::string_view text) {
  constexpr std::array codes = {
#define MESH_CODE(name) Code::name,
      MESH_DIAGNOSTIC_CODES(MESH_CODE)
#undef MESH_CODE
  };
  for (const Code code : codes) {
    if (to_string(code) == text) return code;
  }
  return std::nullopt;
}

std::optional<Severity> parse_severity(std::string_view text) {
  if (text == "error") return Severity::error;
  if (text == "warning") return Severity::warning;
  return std::nullopt;
}

Diagnostic read_diagnostic(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  Diagnostic diagnostic;
  if (!from.is_object()) return diagnostic;
  diagnostic.code = from.name("code", "a diagnostic code of mesh", parse_code).value_or(Code::internal);
  diagnostic.severity = from.name("severity", "`error` or `warning`", parse_severity).value_or(Severity::error);
  if (const nlohmann::json* at = from.object_or_null("at"); at != nullptr) {
    const JsonPlace below = from.below("at");
    JsonObjectReader position(*at, below, problems);
    diagnostic.at = Position{position.text("file"), position.number("line"), position.number("column")};
    position.finish();
  }
  diagnostic.where = from.text_or_null("where").value_or("");
  diagnostic.summary = from.text("summary");
  diagnostic.cause = from.text_or_null("cause").value_or("");
  diagnostic.hint = from.text_or_null("hint").value_or("");
  from.finish();
  return diagnostic;
}

}  // namespace

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

nlohmann::ordered_json text_or_null(const std::optional<std::string>& text) {
  return text ? nlohmann::ordered_json(*text) : nlohmann::ordered_json();
}

nlohmann::ordered_json to_json(const Diagnostic& diagnostic) {
  nlohmann::ordered_json at;
  if (diagnostic.at) {
    at = {{"file", diagnostic.at->file}, {"line", diagnostic.at->line}, {"column", diagnostic.at->column}};
  }
  return {{"code", std::string(to_string(diagnostic.code))},
          {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
          {"at", std::move(at)},
          {"where", text_or_null(diagnostic.where)},
          {"summary", diagnostic.summary},
          {"cause", text_or_null(diagnostic.cause)},
          {"hint", text_or_null(diagnostic.hint)}};
}

nlohmann::ordered_json to_json(const Diagnostics& diagnostics) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) list.push_back(to_json(diagnostic));
  return list;
}

nlohmann::ordered_json error_or_null(const Diagnostics& diagnostics) {
  return diagnostics.empty() ? nlohmann::ordered_json() : to_json(diagnostics);
}

nlohmann::ordered_json to_json(const PlannedCluster& cluster) {
  return {{"name", cluster.name},
          {"reachable", cluster.reachable},
          {"server_version", text_or_null(cluster.server_version)},
          {"uids", uids_json(cluster.uids)},
          {"error", error_or_null(cluster.error)}};
}

nlohmann::ordered_json to_json(const ObjectId& id) {
  return {{"api_version", id.api_version}, {"kind", id.kind}, {"namespace", text_or_null(id.ns)}, {"name", id.name}};
}

Diagnostics read_diagnostics(JsonObjectReader& from, std::string_view key, JsonProblems& problems, bool or_null) {
  Diagnostics diagnostics;
  from.list(
      key,
      [&](const nlohmann::json& item, const JsonPlace& place) {
        diagnostics.push_back(read_diagnostic(item, place, problems));
      },
      or_null);
  return diagnostics;
}

nlohmann::ordered_json uids_json(const ClusterUids& uids) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [ns, uid] : uids) list.push_back({{"namespace", ns}, {"uid", uid}});
  return list;
}

nlohmann::ordered_json incomplete_json(const std::vector<PlannedCluster>& clusters) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const PlannedCluster& cluster : clusters) {
    if (cluster.reachable) continue;
    const std::string reason = cluster.error.empty() ? std::string() : cluster.error.front().summary;
    list.push_back({{"cluster", cluster.name}, {"address", nullptr}, {"reason", text_or_null(reason)}});
  }
  return list;
}

ClusterUids read_uids(JsonObjectReader& from, JsonProblems& problems) {
  ClusterUids uids;
  from.list("uids", [&](const nlohmann::json& item, const JsonPlace& place) {
    JsonObjectReader one(item, place, problems);
    uids[one.text("namespace")] = one.text("uid");
    one.finish();
  });
  return uids;
}

PlannedCluster read_cluster(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  PlannedCluster cluster;
  if (!from.is_object()) return cluster;
  cluster.name = from.text("name");
  cluster.reachable = from.flag("reachable");
  cluster.server_version = from.text_or_null("server_version").value_or("");
  cluster.uids = read_uids(from, problems);
  cluster.error = read_diagnostics(from, "error", problems, true);
  from.finish();
  return cluster;
}

ObjectId read_id(JsonObjectReader& from) {
  return {.api_version = from.text("api_version"),
          .kind = from.text("kind"),
          .ns = from.text_or_null("namespace").value_or(""),
          .name = from.text("name")};
}

bool check_format(const nlohmann::json& document, std::string_view format, JsonProblems& problems) {
  const JsonPlace root;
  const JsonPlace place{&root, "format", 0};
  if (!document.is_object()) {
    problems.add(root, "not a document of mesh", fmt::format("must be an object, not {}", document.type_name()));
    return false;
  }
  const auto said = document.find("format");
  if (said == document.end() || !said->is_string()) {
    problems.add(place, "not a document of mesh", fmt::format("must be `{}`", format));
    return false;
  }
  if (*said == format) return true;
  problems.add(place, "document of another format",
               fmt::format("must be `{}`, not `{}`", format, said->get<std::string>().substr(0, 80)));
  return false;
}

nlohmann::json without_secret_values(nlohmann::json body) {
  const std::string kind = text_at(body, "kind");
  if (!holds_secrets(kind)) return body;
  for (auto field = body.begin(); field != body.end(); ++field) {
    if (!is_secret_field(kind, field.key())) continue;
    if (!field->is_object()) *field = nullptr;
    for (auto& value : *field) {
      if (!text_of(&value).starts_with("sha256:")) value = nullptr;
    }
  }
  return body;
}

}  // namespace mesh
