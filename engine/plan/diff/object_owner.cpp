#include "engine/plan/diff/object_owner.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/plan/diff/claims.h"

namespace mesh {
namespace {

using nlohmann::json;

Claims label_claims(const Object& live) { return Claims::of(live).below_field("metadata").below_field("labels"); }

bool is_ours_alone(const Claims& claims) { return claims.ours() && !claims.others(); }

/// Whether somebody else applies what the object is for, and so took it over.
bool is_applied_by_others(const DesiredObject& desired, const Object& live) {
  return std::any_of(live.managers.begin(), live.managers.end(), [&](const ManagedFields& entry) {
    if (entry.manager == field_manager || entry.operation != "Apply" || !entry.subresource.empty()) return false;
    return std::any_of(desired.body.items().begin(), desired.body.items().end(), [&](const auto& field) {
      return field.key() != "metadata" && entry.fields->contains("f:" + field.key());
    });
  });
}

/// Whether mesh alone holds something without which the object would be an empty shell, or none that an API server
/// takes. Of a shared object that is what can never change hands, because it is immutable: who holds it made the
/// object.
bool is_filled_by_us(const DesiredObject& desired, const Object& live) {
  if (is_applied_by_others(desired, live)) return false;
  const Claims root = Claims::of(live);
  if (desired.ownership == Ownership::shared) {
    return is_ours_alone(root.below_field("roleRef")) || is_ours_alone(root.below_field("type"));
  }
  for (auto field = desired.body.begin(); field != desired.body.end(); ++field) {
    if (field.key() == "apiVersion" || field.key() == "kind" || field.key() == "metadata") continue;
    const Claims claims = root.below_field(field.key());
    if (is_ours_alone(claims)) return true;
    if (field.key() != "spec" || !field->is_object()) continue;
    for (auto inner = field->begin(); inner != field->end(); ++inner) {
      if (is_ours_alone(claims.below_field(inner.key()))) return true;
    }
  }
  return false;
}

}  // namespace

const json* label_of(const Object& live, const char* label) {
  return find_field(live.body, {"metadata", "labels", label});
}

bool is_of_another_mesh(const Object& live, const std::string& mesh) {
  const json* name = label_of(live, mesh_label);
  return name != nullptr && *name != mesh && label_claims(live).below_field(mesh_label).ours();
}

bool is_of_this_mesh(const DesiredObject& desired, const Object& live, const std::string& mesh) {
  if (created_by_mesh(live, mesh)) return true;
  if (is_of_another_mesh(live, mesh)) return false;
  const Claims labels = label_claims(live);
  return labels.below_field(managed_by_label).ours() || labels.below_field(mesh_label).ours() ||
         is_filled_by_us(desired, live);
}

std::string maker_of(const Object& live) {
  const ManagedFields* maker = nullptr;
  for (const ManagedFields& entry : live.managers) {
    if (!entry.subresource.empty() || entry.manager == field_manager) continue;
    const bool applied = entry.operation == "Apply";
    const bool better = maker == nullptr || (applied && maker->operation != "Apply") ||
                        (applied == (maker->operation == "Apply") && entry.time < maker->time);
    if (better) maker = &entry;
  }
  return maker == nullptr ? "another client" : maker->manager;
}

}  // namespace mesh
