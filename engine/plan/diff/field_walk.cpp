#include "engine/plan/diff/field_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "engine/plan/diff/compare.h"

namespace mesh {
namespace {

using nlohmann::json;

bool is_identity(const PathFrame& parent, std::string_view name) {
  static constexpr std::array<std::string_view, 3> of_root = {"apiVersion", "kind", "status"};
  static constexpr std::array<std::string_view, 7> of_metadata = {
      "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"};
  if (parent.above == nullptr) return std::find(of_root.begin(), of_root.end(), name) != of_root.end();
  const bool metadata = parent.above->above == nullptr && parent.name == "metadata";
  return metadata && std::find(of_metadata.begin(), of_metadata.end(), name) != of_metadata.end();
}

/// One value, whatever is in it.
bool is_one_value(const SchemaNode& schema, const json& value) {
  if (schema.atomic || !value.is_structured()) return true;
  return value.is_array() && schema.keyed == nullptr && !schema.set;
}

}  // namespace

FieldWalk::FieldWalk(const FieldsInput& input, FieldsDiff& diff)
    : input_(input), diff_(diff), ownership_known_(input.live == nullptr || !input.live->managers.empty()) {}

void FieldWalk::run(const Claims& root) {
  const PathFrame top{.schema = &input_.schema};
  object(top, input_.desired, input_.live == nullptr ? nullptr : &*input_.live->body, root);
}

void FieldWalk::desired(const PathFrame& at, const Json& value, const Json* live, const Claims& claims) {
  if (!value.is_structured()) {
    if (const ResolvedReference* found = reference_at(at)) return reference(at, *found, live, claims);
    if (hidden(at)) return sensitive(at, live, claims);
    if (value.is_null()) return unwanted(at, live, claims);
  }
  if (is_one_value(*at.schema, value)) return leaf(at, value, live, claims);
  // Another type in its place: nothing below it can be told apart.
  if (seen_ && live != nullptr && live->type() != value.type()) return note(at, live, &value, claims);
  if (value.is_object()) return object(at, value, live, claims);
  if (at.schema->keyed != nullptr) return keyed_list(at, value, live, claims);
  set(at, value, live, claims);
}

void FieldWalk::object(const PathFrame& at, const Json& value, const Json* live, const Claims& claims) {
  const bool at_root = at.above == nullptr;
  const auto enter = [&](std::string_view name) {
    if (at_root) seen_ = input_.live == nullptr || !input_.live->metadata_only || name == "metadata";
  };
  std::size_t owned_and_desired = 0;
  for (auto field = value.begin(); field != value.end(); ++field) {
    if (is_identity(at, field.key())) continue;
    enter(field.key());
    const PathFrame below{.above = &at, .schema = &field_of(*at.schema, field.key()), .name = field.key()};
    const Claims below_claims = claims.below_field(field.key());
    if (below_claims.ours()) ++owned_and_desired;
    desired(below, *field, member(live, field.key()), below_claims);
  }
  for (const Claim& claim : claims) {
    if (!claim.ours || !claim.fields->is_object()) continue;
    // Nearly always all that we own is desired: no need to look each up.
    if (claims.only_one_is_ours() && claim.fields->size() == owned_and_desired) continue;
    for (auto owned = claim.fields->begin(); owned != claim.fields->end(); ++owned) {
      const std::string& element = owned.key();
      if (!element.starts_with("f:")) continue;
      const std::string_view name = std::string_view(element).substr(2);
      if (value.find(name) != value.end() || is_identity(at, name)) continue;
      enter(name);
      unwanted_below(at, live, claims, element);
    }
  }
}

void FieldWalk::keyed_list(const PathFrame& at, const Json& value, const Json* live, const Claims& claims) {
  const FieldSchema::KeyedList& list = *at.schema->keyed;
  std::set<std::string> elements;
  for (const json& item : value) {
    const json key = key_of(list, item);
    const auto [element, added] = elements.insert("k:" + key.dump());
    if (!added) continue;
    const json* found = live == nullptr ? nullptr : item_with_key(list, *live, key);
    const PathFrame below{.above = &at, .schema = &item_of(*at.schema), .list_key = &key};
    if (found == nullptr && seen_ && is_shallow(item)) {
      note(below, nullptr, &item, claims.below(*element));
    } else {
      desired(below, item, found, claims.below(*element));
    }
  }
  for (const Claim& claim : claims) {
    if (!claim.ours || !claim.fields->is_object()) continue;
    for (auto owned = claim.fields->begin(); owned != claim.fields->end(); ++owned) {
      if (owned.key().starts_with("k:") && !elements.contains(owned.key()))
        unwanted_below(at, live, claims, owned.key());
    }
  }
}

void FieldWalk::set(const PathFrame& at, const Json& value, const Json* live, const Claims& claims) {
  std::set<std::string> elements;
  for (const json& item : value) {
    const auto [element, added] = elements.insert("v:" + item.dump());
    if (!added) continue;
    const bool there = live != nullptr && std::find(live->begin(), live->end(), item) != live->end();
    const PathFrame below{.above = &at, .schema = &item_of(*at.schema), .set_value = &item};
    leaf(below, item, there ? &item : nullptr, claims.below(*element));
  }
  for (const Claim& claim : claims) {
    if (!claim.ours || !claim.fields->is_object()) continue;
    for (auto owned = claim.fields->begin(); owned != claim.fields->end(); ++owned) {
      if (owned.key().starts_with("v:") && !elements.contains(owned.key()))
        unwanted_below(at, live, claims, owned.key());
    }
  }
}

void FieldWalk::leaf(const PathFrame& at, const Json& value, const Json* live, const Claims& claims) {
  if (!seen_) return unseen(at, value, claims);
  if (live == nullptr ? is_nothing(value) : same_value(*at.schema, value, *live)) return;
  note(at, live, &value, claims);
}

void FieldWalk::sensitive(const PathFrame& at, const Json* live, const Claims& claims) {
  const bool owned = claims.begin() != claims.end();
  // Any write of another value takes the field away from us: while we own it, it is what we applied.
  if (claims.ours() && (live != nullptr || !seen_)) return;
  FieldChange change;
  change.path = to_path(at);
  change.sensitive = true;
  change.before_present = seen_ ? live != nullptr : owned || !ownership_known_;
  change.after_present = true;
  change.owned_by = claims.other_owners();
  if (!change.owned_by.empty() || (change.before_present && !ownership_known_)) diff_.force = true;
  diff_.changes.push_back(std::move(change));
}

void FieldWalk::unseen(const PathFrame& at, const Json& value, const Claims& claims) {
  if (claims.ours() || is_nothing(value)) return;
  note(at, nullptr, &value, claims);
  diff_.changes.back().before_present = claims.others();
  if (claims.others() && is_immutable(at)) diff_.unseen_immutable = diff_.changes.back().path;
}

void FieldWalk::reference(const PathFrame& at, const ResolvedReference& reference, const Json* live,
                          const Claims& claims) {
  switch (reference.state) {
    case ResolvedReference::State::known:
      return leaf(at, json(reference.uid), live, claims);
    case ResolvedReference::State::left_out:
      if (live != nullptr) return;
      [[fallthrough]];
    case ResolvedReference::State::known_after_apply:
      note(at, live, nullptr, claims);
      diff_.changes.back().known_after_apply = true;
      diff_.changes.back().after_present = true;
      if (claims.others()) diff_.force = true;
      return;
    case ResolvedReference::State::unverifiable:
      if (live == nullptr) diff_.unresolved = true;
      return;
  }
}

void FieldWalk::note(const PathFrame& at, const Json* before, const Json* after, const Claims& claims) {
  FieldChange change;
  change.path = to_path(at);
  change.sensitive = hidden(at);
  change.before_present = before != nullptr;
  change.after_present = after != nullptr;
  change.owned_by = claims.other_owners();
  const bool same = before != nullptr && after == before;
  const bool contested = !change.owned_by.empty() || (!ownership_known_ && before != nullptr);
  if (after != nullptr && !same && contested) diff_.force = true;
  if (before != nullptr && !same && is_immutable(at) && diff_.replace_why.empty())
    diff_.replace_why = fmt::format("{} cannot change in place", to_string(change.path));
  if (!change.sensitive) {
    if (before != nullptr) change.before = *before;
    if (after != nullptr) change.after = *after;
  }
  diff_.changes.push_back(std::move(change));
}

const ResolvedReference* FieldWalk::reference_at(const PathFrame& at) const {
  for (const ResolvedReference& reference : input_.references) {
    if (stands_at(at, *reference.path)) return &reference;
  }
  return nullptr;
}

bool FieldWalk::hidden(const PathFrame& at) const {
  const PathFrame* top = &at;
  while (top->above != nullptr && top->above->above != nullptr) top = top->above;
  if (is_secret_field(input_.rules.id.kind, top->name)) return true;
  return std::any_of(input_.rules.sensitive.begin(), input_.rules.sensitive.end(),
                     [&](const FieldPath& path) { return stands_at(at, path); });
}

using nlohmann::json;

void FieldWalk::unwanted_below(const PathFrame& at, const Json* live, const Claims& claims,
                               const std::string& element) {
  const std::string_view rest = std::string_view(element).substr(2);
  if (element.starts_with("f:")) {
    const PathFrame below{.above = &at, .schema = &field_of(*at.schema, rest), .name = rest};
    return unwanted(below, member(live, rest), claims.below(element));
  }
  const json key = foreign_json_or_discarded(rest);
  if (key.is_discarded()) return;
  const SchemaNode& schema = item_of(*at.schema);
  if (element.starts_with("k:")) {
    const FieldSchema::KeyedList by_key{.keys = {}, .defaults = {}};
    const FieldSchema::KeyedList& list = at.schema->keyed == nullptr ? by_key : *at.schema->keyed;
    const PathFrame below{.above = &at, .schema = &schema, .list_key = &key};
    const json* found = live == nullptr || list.keys.empty() ? nullptr : item_with_key(list, *live, key);
    return unwanted(below, found, claims.below(element));
  }
  if (!element.starts_with("v:")) return;
  const bool there = live != nullptr && std::find(live->begin(), live->end(), key) != live->end();
  const PathFrame below{.above = &at, .schema = &schema, .set_value = &key};
  unwanted(below, there ? &key : nullptr, claims.below(element));
}

void FieldWalk::unwanted(const PathFrame& at, const Json* live, const Claims& claims) {
  // A field that is gone already is no difference: the next apply of anything ends our claim.
  if (!claims.ours() || (seen_ && live == nullptr)) return;
  const bool leaf = std::all_of(claims.begin(), claims.end(),
                                [](const Claim& claim) { return !claim.ours || is_leaf(*claim.fields); });
  const bool whole = at.list_key != nullptr && live != nullptr && is_shallow(*live) && !claims.others();
  if (at.schema->atomic || whole) return removed(at, live, claims);
  if (leaf) {
    // An empty map that we applied, filled by others since: nothing that a reader could see goes.
    const bool filled = live != nullptr && live->is_object() && at.list_key == nullptr && !live->empty();
    return filled ? void() : removed(at, live, claims);
  }
  std::set<std::string> elements;
  for (const Claim& claim : claims) {
    if (!claim.ours || !claim.fields->is_object()) continue;
    for (auto owned = claim.fields->begin(); owned != claim.fields->end(); ++owned) {
      if (owned.key() != "." && elements.insert(owned.key()).second) unwanted_below(at, live, claims, owned.key());
    }
  }
}

void FieldWalk::removed(const PathFrame& at, const Json* live, const Claims& claims) {
  const bool stays = claims.others();
  note(at, live, stays ? live : nullptr, claims);
  FieldChange& change = diff_.changes.back();
  // To give up a share of a field takes nothing over.
  change.before_present = true;
  change.after_present = stays;
}

}  // namespace mesh
