#include "engine/plan/rewritten_fields.h"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "engine/plan/diff/diff_object.h"
#include "engine/plan/diff/schema_tree.h"

namespace mesh {
namespace {

using nlohmann::json;

/// What the fields of one written object became.
std::vector<RewrittenField> find_rewritten(const std::string& mesh, const DesiredAction& action, const Object& stored,
                                           const SchemaTrees& schemas) {
  std::vector<RewrittenField> found;
  for (const DesiredObject& object : action.objects) {
    if (object.id != stored.id) continue;
    const Observed observed = &stored;
    const SchemaNode& schema = schemas.of_kind(object.id.kind);
    const ObjectDiff diff = diff_object({mesh, field_manager_of(mesh), object, action.presence, observed, schema, {}});
    if (!diff.change) continue;
    for (const FieldChange& field : diff.change->fields) {
      // A foreign field beside ours is not another value of ours: it is planned as long as it is there.
      if (field.sensitive || field.known_after_apply || !field.after) continue;
      found.push_back({.cluster = action.cluster,
                       .id = object.id,
                       .path = field.path,
                       .sent = *field.after,
                       .stored = field.before});
    }
  }
  return found;
}

/// About the fields of one object.
Diagnostic warning_of(const std::vector<RewrittenField>& fields) {
  std::string what;
  for (const RewrittenField& field : fields) {
    what += fmt::format("{}{}: sent {}, stored {}", what.empty() ? "" : "; ", to_string(field.path), field.sent.dump(),
                        field.stored ? field.stored->dump() : "nothing");
  }
  return {.code = Code::rewritten,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}: {}", fields.front().cluster, to_string(fields.front().id)),
          .summary = "the API server stored another value than mesh sent",
          .cause = std::move(what),
          .hint =
              "an admission webhook or policy changes it: exempt the object there, or leave it: mesh records the "
              "stored value and does not plan it again"};
}

}  // namespace

void add_rewritten(Report& report, const std::string& mesh, const DesiredState& desired, const FieldSchemas& schemas) {
  std::unordered_map<std::string_view, const DesiredAction*> actions;
  for (const DesiredAction& action : desired.actions) actions.emplace(action.address.text, &action);
  const SchemaTrees trees(schemas);
  for (ActionReport& action : report.actions) {
    const auto planned = actions.find(action.address.text);
    for (const auto& [id, stored] : action.stored) {
      if (planned == actions.end()) break;
      auto fields = find_rewritten(mesh, *planned->second, stored, trees);
      if (fields.empty()) continue;
      action.warnings.push_back(warning_of(fields));
      report.rewritten.insert(report.rewritten.end(), fields.begin(), fields.end());
    }
    action.stored.clear();
  }
}

void accept_rewritten(DesiredState& desired, const std::vector<RewrittenField>& fields) {
  if (fields.empty()) return;
  std::map<std::pair<std::string, ObjectId>, std::vector<const RewrittenField*>> by_object;
  for (const RewrittenField& field : fields) by_object[{field.cluster, field.id}].push_back(&field);
  for (DesiredAction& action : desired.actions) {
    if (action.presence == Presence::absent) continue;
    for (Shared<DesiredObject>& object : action.objects) {
      const auto rewritten = by_object.find({action.cluster, object->id});
      if (rewritten == by_object.end()) continue;
      DesiredObject accepted = *object;
      bool changed = false;
      for (const RewrittenField* field : rewritten->second) changed = put_stored(accepted.body, *field) || changed;
      if (changed) object = std::move(accepted);
    }
  }
}

}  // namespace mesh
