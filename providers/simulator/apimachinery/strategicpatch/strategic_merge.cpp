#include "providers/simulator/apimachinery/strategicpatch/strategic_merge.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/strategicpatch/strategic_lists.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

class Merger {
 public:
  std::optional<ApiError> error;

  json map(json original, json patch, const Schema& schema) {
    if (patch.contains(patch_directive)) return whole_map(std::move(patch));
    if (!original.is_object()) original = json::object();
    if (!retain(original, patch) || !ordered_lists(original, patch, schema)) return original;
    for (auto& [name, value] : patch.items()) {
      const bool from_primitives = name.starts_with(delete_primitives);
      const std::string key = from_primitives ? name.substr(delete_primitives.size()) : name;
      if (value.is_null())
        original.erase(key);
      else
        member(original, key, value, schema, from_primitives);
      if (error) return original;
    }
    return original;
  }

 private:
  void fail(std::string why) {
    if (!error) error = internal_error(std::move(why));
  }

  json whole_map(json patch) {
    const json what = patch.at(patch_directive);
    if (what == "delete") return json::object();
    if (what != "replace") fail("unknown patch type: " + what.dump());
    patch.erase(patch_directive);
    return patch;
  }

  void member(json& original, const std::string& key, json value, const Schema& schema, bool from_primitives) {
    const auto at = original.find(key);
    if (at == original.end() || at->type_name() != std::string_view(value.type_name())) {
      if (from_primitives) return;
      drop_nulls(value);
      if (drop_directives(value))
        original[key] = std::move(value);
      else
        original.erase(key);
    } else if (value.is_object()) {
      *at = replaces_member(schema, key) ? std::move(value) : map(std::move(*at), std::move(value), schema.member(key));
    } else if (value.is_array()) {
      *at = list(std::move(*at), std::move(value), list_rule_of(schema, key), from_primitives);
    } else {
      *at = std::move(value);
    }
  }

  bool retain(json& original, json& patch) {
    const auto at = patch.find(retain_keys);
    if (at == patch.end()) return true;
    const json kept = *at;
    patch.erase(at);
    const auto listed = [&](const std::string& key) { return index_in(kept, key, "") >= 0; };
    bool good = kept.is_array();
    for (const auto& [key, value] : patch.items())
      good = good &&
             (value.is_null() || key.starts_with(delete_primitives) || key.starts_with(element_order) || listed(key));
    if (!good) {
      error = bad_request("invalid patch format of retainKeys");
      return false;
    }
    for (auto one = original.begin(); one != original.end();)
      one = listed(one.key()) ? std::next(one) : original.erase(one);
    return true;
  }

  bool ordered_lists(json& original, json& patch, const Schema& schema) {
    std::vector<std::string> orders;
    for (const auto& [key, value] : patch.items())
      if (key.starts_with(element_order)) orders.push_back(key);
    for (const std::string& key : orders) {
      const json order = patch.at(key);
      patch.erase(key);
      ordered_list(original, patch, key.substr(element_order.size()), order, schema);
      if (error) return false;
    }
    return true;
  }

  void ordered_list(json& original, json& patch, const std::string& name, const json& order, const Schema& schema) {
    const auto here = original.find(name);
    const auto sent = patch.find(name);
    if (!order.is_array() || (here != original.end() && !here->is_array()) ||
        (sent != patch.end() && !sent->is_array()))
      return fail("expected a list: " + name);
    if (sent == patch.end() && here == original.end()) return;
    const ListRule rule = list_rule_of(schema, name);
    const json before = here == original.end() ? json::array() : *here;
    json merged = before;
    if (sent != patch.end()) {
      if (here != original.end())
        merged = list(before, *sent, rule, false);
      else
        drop_directives(merged = *sent);
      patch.erase(sent);
    }
    original[name] = arranged(merged, order, before, rule.key);
  }

  json list(json original, json patch, const ListRule& rule, bool from_primitives) {
    if (!rule.merges && !from_primitives) return patch;
    if (original.empty() && patch.empty()) return original;
    const bool maps = original.empty() ? patch[0].is_object() : original[0].is_object();
    if (!maps) return patched_scalars(original, patch, from_primitives);
    json special;
    if (!special_items(original, patch, rule.key, special)) return original;
    json merged = original;
    for (const json& item : special) {
      const long at = index_in(merged, item, rule.key);
      if (!item.contains(rule.key)) {
        fail(fmt::format("{} does not contain declared merge key: {}", item.dump(), rule.key));
        return original;
      }
      if (at >= 0) {
        json& one = merged[static_cast<std::size_t>(at)];
        one = map(std::move(one), item, *rule.items);
      } else {
        merged.push_back(item);
      }
      if (error) return original;
    }
    return arranged(merged, special, original, rule.key);
  }

  /// Carries out `$patch` items; the others are left in `rest`.
  bool special_items(json& original, const json& patch, const std::string& key, json& rest) {
    rest = json::array();
    bool replace = false;
    for (const json& item : patch) {
      if (!item.contains(patch_directive)) {
        rest.push_back(item);
        continue;
      }
      const json& what = item.at(patch_directive);
      if (what == "replace") {
        replace = true;
      } else if (what != "delete") {
        fail("unknown patch type: " + what.dump());
        return false;
      } else if (!item.contains(key)) {
        fail(fmt::format("{} does not contain declared merge key: {}", item.dump(), key));
        return false;
      } else {
        for (long at = 0; (at = index_in(original, item, key)) >= 0;) original.erase(static_cast<std::size_t>(at));
      }
    }
    if (replace) {
      original = std::move(rest);
      rest = json::array();
    }
    return true;
  }
};

}  // namespace

ApiResult<json> strategic_merge_patch(const Write& write, const json& live, const json& patch) {
  const Schema& schema = schema_for(write);
  if (schema.custom) {
    return tl::unexpected(ApiError{.code = 415,
                                   .reason = "UnsupportedMediaType",
                                   .message = "custom resources have no strategic merge patch",
                                   .details = nullptr});
  }
  Merger merger;
  json merged = merger.map(live, patch, schema);
  if (merger.error) return tl::unexpected(std::move(*merger.error));
  return merged;
}

}  // namespace mesh::simulator
