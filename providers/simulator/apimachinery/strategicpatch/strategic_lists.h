#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// Parts of the strategic merge patch.

inline constexpr const char* patch_directive = "$patch";
inline constexpr const char* retain_keys = "$retainKeys";
inline constexpr std::string_view element_order = "$setElementOrder/";
inline constexpr std::string_view delete_primitives = "$deleteFromPrimitiveList/";

/// How a list is patched: by its field.
struct ListRule {
  bool merges = false;
  std::string key;
  const Schema* items = nullptr;
};
ListRule list_rule_of(const Schema& schema, const std::string& name);

/// Whether an object under the name is replaced, not merged.
bool replaces_member(const Schema& schema, const std::string& name);

/// Nulls of a new value mean nothing.
void drop_nulls(nlohmann::json& value);

/// A new value as it is stored. False: it was a directive.
bool drop_directives(nlohmann::json& value);

/// Where the item stands, by its key or, without one, by its value. -1: not there.
long index_in(const nlohmann::json& list, const nlohmann::json& item, const std::string& key);

/// Items of the patch in its order; the others keep their place before the patch's items that stood behind them.
nlohmann::json arranged(const nlohmann::json& merged, const nlohmann::json& order, const nlohmann::json& before,
                        const std::string& key);

/// Both lists of plain values without repetition, or (from_primitives) the first without the second.
nlohmann::json patched_scalars(const nlohmann::json& original, const nlohmann::json& patch, bool from_primitives);

}  // namespace mesh::simulator
