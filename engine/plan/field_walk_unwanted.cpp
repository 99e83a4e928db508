// The part of the walk over what we own and want no longer.

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "engine/plan/compare.h"
#include "engine/plan/field_walk.h"

namespace mesh {

using nlohmann::json;

void FieldWalk::unwanted_below(const PathFrame& at, const Json* live, const Claims& claims,
                               const std::string& element) {
  const std::string_view rest = std::string_view(element).substr(2);
  if (element.starts_with("f:")) {
    const PathFrame below{.above = &at, .schema = &field_of(*at.schema, rest), .name = rest};
    return unwanted(below, member(live, rest), claims.below(element));
  }
  const json key = json::parse(rest, nullptr, false);
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
