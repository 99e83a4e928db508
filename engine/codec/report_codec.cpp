#include "engine/codec/report_codec.h"

#include <cmath>

#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"

namespace mesh {
namespace {

std::optional<Outcome> parse_outcome(std::string_view text) {
  for (const Outcome outcome : {Outcome::done, Outcome::failed, Outcome::skipped, Outcome::cancelled}) {
    if (to_string(outcome) == text) return outcome;
  }
  return std::nullopt;
}

nlohmann::ordered_json to_json(const ActionReport& action) {
  nlohmann::ordered_json objects = nlohmann::ordered_json::array();
  for (const auto& [id, body] : action.applied) {
    nlohmann::ordered_json object = mesh::to_json(id);
    object["deleted"] = !body.has_value();
    objects.push_back(std::move(object));
  }
  nlohmann::ordered_json entry;
  entry["address"] = action.address.text;
  entry["outcome"] = std::string(to_string(action.outcome));
  entry["attempts"] = action.attempts;
  entry["seconds"] = static_cast<double>(action.took.count()) / 1000.0;
  entry["error"] = error_or_null(action.error);
  entry["warnings"] = mesh::to_json(action.warnings);
  entry["objects"] = std::move(objects);
  return entry;
}

nlohmann::ordered_json summary_of(const Report& report) {
  nlohmann::ordered_json summary = {{"done", 0}, {"failed", 0}, {"skipped", 0}, {"cancelled", 0}};
  for (const ActionReport& action : report.actions) {
    auto& count = summary[std::string(to_string(action.outcome))];
    count = count.get<int>() + 1;
  }
  return summary;
}

ActionReport read_action_report(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems) {
  JsonObjectReader from(value, place, problems);
  ActionReport action;
  if (!from.is_object()) return action;
  action.address.text = from.text("address");
  action.outcome = from.name("outcome", "done, failed, skipped or cancelled", parse_outcome).value_or(Outcome::skipped);
  action.attempts = static_cast<int>(from.number("attempts"));
  action.took = std::chrono::milliseconds(std::llround(from.real("seconds") * 1000.0));
  action.error = read_diagnostics(from, "error", problems, true);
  action.warnings = read_diagnostics(from, "warnings", problems, false);
  from.list("objects", [&](const nlohmann::json& item, const JsonPlace& at) {
    JsonObjectReader object(item, at, problems);
    if (!object.is_object()) return;
    const ObjectId id = read_id(object);
    action.applied[id] = object.flag("deleted") ? std::nullopt : std::optional(nlohmann::json());
    object.finish();
  });
  from.finish();
  return action;
}

}  // namespace

std::string encode_report(const Report& report) {
  nlohmann::ordered_json actions = nlohmann::ordered_json::array();
  for (const ActionReport& action : report.actions) actions.push_back(to_json(action));
  nlohmann::ordered_json document;
  document["format"] = report_format;
  document["snapshot"] = text_or_null(report.snapshot);
  document["summary"] = summary_of(report);
  document["actions"] = std::move(actions);
  document["diagnostics"] = mesh::to_json(report.diagnostics);
  return json_text(document);
}

Result<Report> decode_report(const std::string& bytes, const std::string& file_name) {
  const Result<nlohmann::json> parsed = parse_json(bytes, file_name);
  if (!parsed) return failure(parsed.error());
  JsonProblems problems{.file = file_name,
                        .code = Code::snapshot_invalid,
                        .hint = "the state repository was changed by something else than mesh"};
  if (!check_format(*parsed, report_format, problems)) return failure(std::move(problems.found));
  const JsonPlace root;
  JsonObjectReader from(*parsed, root, problems);
  Report report;
  from.text("format");
  report.snapshot = from.text_or_null("snapshot").value_or("");
  from.any("summary");
  from.list("actions", [&](const nlohmann::json& item, const JsonPlace& at) {
    report.actions.push_back(read_action_report(item, at, problems));
  });
  report.diagnostics = read_diagnostics(from, "diagnostics", problems, false);
  from.finish();
  if (!problems.found.empty()) return failure(std::move(problems.found));
  return report;
}

}  // namespace mesh
