#include "engine/plan/diff/diff_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/plan/diff/compare.h"
#include "engine/plan/diff/field_walk.h"

namespace mesh {
namespace {

using nlohmann::json;

bool starts_with(const FieldPath& path, const FieldPath& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin());
}

/// Adds what is in the way, in place of a change that the walk may have found for it. Without `after` it is removed.
void add_foreign_field(FieldsDiff& diff, FieldChange change) {
  std::erase_if(diff.changes, [&](const FieldChange& other) { return other.path == change.path; });
  diff.foreign_fields.push_back({change.path, change.after});
  diff.changes.push_back(std::move(change));
}

void remove_foreign_key(const FieldsInput& input, const FieldPath& map, const std::string& key, const json* live,
                        const Claims& claims, FieldsDiff& diff) {
  FieldChange change;
  change.path = map;
  change.path.emplace_back(FieldName{key});
  const bool hidden = holds_secrets(input.rules.id.kind) || live == nullptr ||
                      std::any_of(input.rules.sensitive.begin(), input.rules.sensitive.end(),
                                  [&](const FieldPath& path) { return starts_with(path, map); });
  change.sensitive = hidden;
  change.before_present = true;
  if (!hidden) change.before = *live;
  change.owned_by = claims.below_field(key).other_owners();
  add_foreign_field(diff, std::move(change));
}

const SchemaNode& schema_at(const SchemaNode& root, const FieldPath& path) {
  const SchemaNode* node = &root;
  for (const PathElement& element : path) {
    const auto* field = std::get_if<FieldName>(&element);
    node = field == nullptr ? &item_of(*node) : &field_of(*node, field->name);
  }
  return *node;
}

/// Takes away the items of others in a keyed list of which `excluded(key, item)` is true.
template <class Excluded>
void remove_foreign_items(const FieldsInput& input, const Claims& root, const FieldPath& path, const Excluded& excluded,
                          FieldsDiff& diff) {
  const json* live = find_value(input.live->body, path);
  const FieldSchema::KeyedList* keyed = schema_at(input.schema, path).keyed;
  if (live == nullptr || !live->is_array() || keyed == nullptr) return;
  const Claims claims = root.at(path);
  for (const json& item : *live) {
    const PathElement element = ListKey{key_of(*keyed, item)};
    if (!excluded(std::get<ListKey>(element).key, item)) continue;
    const Claims owners = claims.below(element_key(element));
    // What only we own goes with the apply itself.
    if (owners.ours() && !owners.others()) continue;
    FieldChange change;
    change.path = path;
    change.path.push_back(element);
    change.before = item;
    change.before_present = true;
    change.owned_by = owners.other_owners();
    add_foreign_field(diff, std::move(change));
  }
}

/// Keys of an exclusive map that are not ours. With a metadata-only object only their owners tell that they are there.
void check_exclusive(const FieldsInput& input, const Claims& root, const FieldPath& map, FieldsDiff& diff) {
  const json* desired = find_value(input.desired, map);
  const json* live = find_value(input.live->body, map);
  const Claims claims = root.at(map);
  const auto is_desired = [&](const std::string& key) { return desired != nullptr && desired->contains(key); };
  if (live != nullptr && live->is_object()) {
    for (auto field = live->begin(); field != live->end(); ++field) {
      const Claims owners = claims.below_field(field.key());
      // What only we own goes with the apply itself.
      if (!is_desired(field.key()) && (owners.others() || !owners.ours()))
        remove_foreign_key(input, map, field.key(), &*field, claims, diff);
    }
    return;
  }
  std::vector<std::string> keys;
  for (const Claim& claim : claims) {
    if (claim.ours || !claim.fields->is_object()) continue;
    for (auto field = claim.fields->begin(); field != claim.fields->end(); ++field) {
      if (field.key().starts_with("f:") && !is_desired(field.key().substr(2))) keys.push_back(field.key().substr(2));
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const std::string& key : keys) remove_foreign_key(input, map, key, nullptr, claims, diff);
}

void check_forbidden(const FieldsInput& input, const Claims& root, const FieldPath& path, FieldsDiff& diff) {
  const json* live = find_value(input.live->body, path);
  const bool last_applied =
      input.live->has_last_applied && !path.empty() && path.back() == PathElement(FieldName{last_applied_annotation});
  const auto* top = std::get_if<FieldName>(&path.front());
  const bool unseen = input.live->metadata_only && (top == nullptr || top->name != "metadata");
  const bool found = (live != nullptr && !live->is_null()) || last_applied;
  // Nearly always nothing is there: no need to look at owners.
  if (!found && !unseen) return;
  const Claims claims = root.at(path);
  const bool there = found || claims.begin() != claims.end();
  // What only we own goes with the apply itself.
  if (!there || (claims.ours() && !claims.others())) return;
  FieldChange change;
  change.path = path;
  // It may be what must not be seen: the annotation of a Secret holds the Secret.
  const bool annotation = path.size() == 3 && path.at(1) == PathElement(FieldName{"annotations"});
  change.sensitive = annotation || holds_secrets(input.rules.id.kind);
  if (!change.sensitive && live != nullptr) change.before = *live;
  change.before_present = true;
  change.owned_by = claims.other_owners();
  if (schema_at(input.schema, path).immutable && diff.replace_why.empty())
    diff.replace_why = fmt::format("{} cannot change in place", to_string(path));
  add_foreign_field(diff, std::move(change));
}

/// Items of others that the API server excludes beside ours.
void check_unique(const FieldsInput& input, const Claims& root, const UniqueField& rule, FieldsDiff& diff) {
  const json* desired = find_value(input.desired, rule.list);
  const FieldSchema::KeyedList* keyed = schema_at(input.schema, rule.list).keyed;
  if (desired == nullptr || keyed == nullptr) return;
  const auto same_value = [&](const json& item, const json& other) {
    const json* value = find_field(item, {rule.field});
    const json* of_other = find_field(other, {rule.field});
    return value != nullptr && of_other != nullptr && *value == *of_other;
  };
  const auto excluded = [&](const json& key, const json& item) {
    return std::any_of(desired->begin(), desired->end(),
                       [&](const json& ours) { return same_value(ours, item) && key_of(*keyed, ours) != key; });
  };
  remove_foreign_items(input, root, rule.list, excluded, diff);
}

void check_stopped(const FieldsInput& input, const Claims& root, const StoppedField& rule, FieldsDiff& diff) {
  const json* live = find_value(input.live->body, rule.path);
  if (live == nullptr || *live != rule.stopped) return;
  FieldChange change;
  change.path = rule.path;
  change.before = *live;
  change.after = rule.value;
  change.before_present = true;
  change.after_present = true;
  change.owned_by = root.at(rule.path).other_owners();
  add_foreign_field(diff, std::move(change));
}

/// Fields that count only on a new object: any difference asks for one. What others set and nobody here wants is none:
/// a Service made anew would lose its address for nothing, as they would set it again.
void check_creation_only(const FieldsInput& input, const Claims& root, const FieldPath& path, FieldsDiff& diff) {
  const json* desired = find_value(input.desired, path);
  const json* live = find_value(input.live->body, path);
  const bool is_desired = desired != nullptr && !desired->is_null();
  const bool is_there = live != nullptr && !live->is_null();
  const bool same = is_desired ? is_there && *desired == *live : !is_there || !root.at(path).ours();
  if (same) return;
  if (diff.replace_why.empty())
    diff.replace_why = fmt::format("{} counts only when the object is created", to_string(path));
  const bool shown = std::any_of(diff.changes.begin(), diff.changes.end(),
                                 [&](const FieldChange& change) { return change.path == path; });
  if (shown) return;
  FieldChange change;
  change.path = path;
  if (live != nullptr) change.before = *live;
  if (desired != nullptr) change.after = *desired;
  change.before_present = live != nullptr;
  change.after_present = desired != nullptr;
  diff.changes.push_back(std::move(change));
}

}  // namespace

FieldsDiff diff_fields(const FieldsInput& input) {
  FieldsDiff diff;
  const Claims root = input.live == nullptr ? Claims() : Claims::of(*input.live, input.manager);
  FieldWalk(input, diff).run(root);
  if (input.live == nullptr) return diff;
  for (const FieldPath& path : input.rules.exclusive) check_exclusive(input, root, path, diff);
  for (const FieldPath& path : input.rules.forbidden) check_forbidden(input, root, path, diff);
  for (const UniqueField& rule : input.rules.unique) check_unique(input, root, rule, diff);
  for (const StoppedField& rule : input.rules.stopped) check_stopped(input, root, rule, diff);
  for (const FieldPath& path : input.rules.creation_only) check_creation_only(input, root, path, diff);
  return diff;
}

}  // namespace mesh
