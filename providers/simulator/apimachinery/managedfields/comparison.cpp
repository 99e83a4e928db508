#include "providers/simulator/apimachinery/managedfields/comparison.h"

#include <algorithm>

#include "providers/simulator/apimachinery/managedfields/typed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// All items under one name: more than one is a mistake that the server tolerates in stored objects.
struct Items {
  Step step;
  std::vector<const json*> before;
  std::vector<const json*> after;
};

class Comparer {
 public:
  Comparison found;

  /// Null: not there.
  void visit(const Schema& schema, const json* before, const json* after) {
    const json& shown = after != nullptr && !after->is_null() ? *after : before != nullptr ? *before : *after;
    const Form form = form_of(schema, shown);
    const bool differs = before != nullptr && after != nullptr && schema.type == Schema::Type::any &&
                         !before->is_null() && form_of(schema, *before) != form;
    if (form == Form::leaf || differs || (is_empty(before) && is_empty(after))) return leaf(before, after);
    if (form == Form::map)
      visit_map(schema, before, after);
    else
      visit_list(schema, before, after);
    if (before == nullptr)
      insert(found.added);
    else if (after == nullptr)
      insert(found.removed);
  }

 private:
  void insert(FieldSet& set) {
    if (!path_.empty()) set.insert(path_);
  }

  void leaf(const json* before, const json* after) {
    if (before == nullptr)
      insert(found.added);
    else if (after == nullptr)
      insert(found.removed);
    else if (*before != *after)
      insert(found.modified);
  }

  void visit_at(Step step, const Schema& schema, const json* before, const json* after) {
    path_.push_back(std::move(step));
    visit(schema, before, after);
    path_.pop_back();
  }

  void visit_map(const Schema& schema, const json* before, const json* after) {
    const auto one = [&](const std::string& name) {
      visit_at(Step::field(name), schema.member(name), member_of(before, name), member_of(after, name));
    };
    if (before != nullptr && before->is_object())
      for (const auto& [name, value] : before->items()) one(name);
    if (after != nullptr && after->is_object())
      for (const auto& [name, value] : after->items())
        if (member_of(before, name) == nullptr) one(name);
  }

  void visit_list(const Schema& schema, const json* before, const json* after) {
    for (const Items& items : by_step(schema, before, after)) {
      const json* one_before = items.before.empty() ? nullptr : items.before.front();
      const json* one_after = items.after.empty() ? nullptr : items.after.front();
      if (items.before.size() < 2 && items.after.size() < 2) {
        visit_at(items.step, *schema.items, one_before, one_after);
      } else if (items.before.size() > 1 && items.after.size() > 1) {
        if (!std::equal(items.before.begin(), items.before.end(), items.after.begin(), items.after.end(),
                        [](const json* left, const json* right) { return *left == *right; }))
          insert_at(items.step, found.modified);
      } else if (items.before.size() > 1) {
        if (one_after != nullptr) visit_at(items.step, *schema.items, nullptr, one_after);
        insert_at(items.step, found.removed);
      } else {
        if (one_before != nullptr) visit_at(items.step, *schema.items, one_before, nullptr);
        insert_at(items.step, found.added);
      }
    }
  }

  void insert_at(const Step& step, FieldSet& set) {
    path_.push_back(step);
    set.insert(path_);
    path_.pop_back();
  }

  static std::vector<Items> by_step(const Schema& schema, const json* before, const json* after) {
    std::vector<Items> all;
    const auto add = [&](const json* list, std::vector<const json*> Items::*side) {
      if (list == nullptr || !list->is_array()) return;
      for (const json& item : *list) {
        auto step = item_step(schema, item);
        if (!step) continue;
        auto at = std::find_if(all.begin(), all.end(), [&](const Items& one) { return compare(one.step, *step) == 0; });
        if (at == all.end()) at = all.insert(all.end(), Items{std::move(*step), {}, {}});
        ((*at).*side).push_back(&item);
      }
    };
    add(before, &Items::before);
    add(after, &Items::after);
    return all;
  }

  Steps path_;
};

}  // namespace

Comparison compare_values(const Schema& schema, const json& before, const json& after) {
  Comparer comparer;
  comparer.visit(schema, &before, &after);
  return std::move(comparer.found);
}

}  // namespace mesh::simulator
