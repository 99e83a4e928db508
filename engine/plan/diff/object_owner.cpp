#include "engine/plan/diff/object_owner.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/plan/diff/claims.h"

namespace mesh {
namespace {

using nlohmann::json;

bool is_ours_alone(const Claims& claims) { return claims.ours() && !claims.others(); }

/// Whether somebody else applies what the object is for, and so took it over.
bool is_applied_by_others(const DesiredObject& desired, const Object& live, const std::string& manager) {
  return std::any_of(live.managers.begin(), live.managers.end(), [&](const ManagedFields& entry) {
    if (entry.manager == manager || entry.operation != "Apply" || !entry.subresource.empty()) return false;
    return std::any_of(desired.body.items().begin(), desired.body.items().end(), [&](const auto& field) {
      return field.key() != "metadata" && entry.fields->contains("f:" + field.key());
    });
  });
}

/// Whether mesh alone holds something without which the object would be an empty shell, or none that an API server
/// takes. Of a shared object that is what can never change hands, because it is immutable: who holds it made the
/// object.
bool is_filled_by_us(const DesiredObject& desired, const Object& live, const std::string& manager) {
  if (is_applied_by_others(desired, live, manager)) return false;
  const Claims root = Claims::of(live, manager);
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

bool is_of_some_mesh(const ManagedFields& entry) {
  const std::string prefix = field_manager_of("");
  return entry.manager.starts_with(prefix) ? is_ours(entry, entry.manager) : is_ours(entry, managed_by);
}

}  // namespace

const json* label_of(const Object& live, const char* label) {
  return find_field(live.body, {"metadata", "labels", label});
}

bool is_of_another_mesh(const Object& live, const std::string& mesh) {
  const json* name = label_of(live, mesh_label);
  return name != nullptr && *name != mesh;
}

std::string other_manager_of(const Object& live, const std::string& manager) {
  for (const ManagedFields& entry : live.managers) {
    if (entry.manager != manager && is_of_some_mesh(entry)) return entry.manager;
  }
  return {};
}

std::string take_over_command(const Object& live, const std::string& mesh) {
  const std::string manager = field_manager_of(mesh);
  json patch = json::array();
  if (is_of_another_mesh(live, mesh)) {
    patch.push_back({{"op", "replace"}, {"path", "/metadata/labels/mesh-engine.dev~1mesh"}, {"value", mesh}});
  }
  for (std::size_t i = 0; i < live.managers.size(); ++i) {
    const ManagedFields& entry = live.managers[i];
    if (entry.manager == manager || !is_of_some_mesh(entry)) continue;
    // The order of the entries may be another by then.
    const std::string path = fmt::format("/metadata/managedFields/{}/manager", i);
    patch.push_back({{"op", "test"}, {"path", path}, {"value", entry.manager}});
    patch.push_back({{"op", "replace"}, {"path", path}, {"value", manager}});
  }
  const std::string ns = live.id.ns.empty() ? "" : "-n " + live.id.ns + " ";
  const std::string group(live.id.group());
  const std::string kind = group.empty() ? live.id.kind : live.id.kind + "." + group;
  return fmt::format("kubectl {}patch {} {} --type=json -p '{}'", ns, kind, live.id.name, patch.dump());
}

bool is_of_this_mesh(const DesiredObject& desired, const Object& live, const std::string& mesh,
                     const std::string& manager) {
  if (created_by_mesh(live, mesh)) return true;
  if (is_of_another_mesh(live, mesh)) return false;
  const Claims labels = Claims::of(live, manager).below_field("metadata").below_field("labels");
  return labels.below_field(managed_by_label).ours() || labels.below_field(mesh_label).ours() ||
         is_filled_by_us(desired, live, manager);
}

std::string maker_of(const Object& live, const std::string& manager) {
  const ManagedFields* maker = nullptr;
  for (const ManagedFields& entry : live.managers) {
    if (!entry.subresource.empty() || entry.manager == manager) continue;
    const bool applied = entry.operation == "Apply";
    const bool better = maker == nullptr || (applied && maker->operation != "Apply") ||
                        (applied == (maker->operation == "Apply") && entry.time < maker->time);
    if (better) maker = &entry;
  }
  return maker == nullptr ? "another client" : maker->manager;
}

}  // namespace mesh
