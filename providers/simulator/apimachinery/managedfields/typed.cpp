#include "providers/simulator/apimachinery/managedfields/typed.h"

#include <algorithm>

namespace mesh::simulator {
namespace {

using nlohmann::json;

class Collector {
 public:
  FieldSet set;

  void visit(const Schema& schema, const json& value) {
    const Form form = form_of(schema, value);
    if (form == Form::leaf) {
      if (!path_.empty()) set.insert(path_);
    } else if (form == Form::map) {
      visit_map(schema, value);
    } else {
      visit_list(schema, value);
    }
  }

 private:
  void visit_map(const Schema& schema, const json& value) {
    if (!value.is_object()) return;
    for (const auto& [name, member] : value.items()) {
      path_.push_back(Step::field(name));
      visit(schema.member(name), member);
      if (member.is_null() || (member.is_object() && member.empty()) || schema.find(name) == nullptr) set.insert(path_);
      path_.pop_back();
    }
  }

  void visit_list(const Schema& schema, const json& value) {
    if (!value.is_array()) return;
    std::vector<Step> steps;
    for (const json& item : value) steps.push_back(item_step(schema, item).value_or(Step{}));
    const auto same = [](const Step& step) { return [&step](const Step& other) { return compare(step, other) == 0; }; };
    for (std::size_t i = 0; i < steps.size(); ++i) {
      path_.push_back(steps[i]);
      if (std::count_if(steps.begin(), steps.end(), same(steps[i])) == 1) visit(*schema.items, value[i]);
      set.insert(path_);
      path_.pop_back();
    }
  }

  Steps path_;
};

json remove_from_map(const Schema& schema, const json& value, const FieldSet& fields) {
  json out;
  for (const auto& [name, member] : value.items()) {
    const Step step = Step::field(name);
    if (fields.has_member(step)) continue;
    const FieldSet* below = fields.below(step);
    out[name] = below == nullptr ? member : remove_fields(schema.member(name), member, *below);
  }
  return out;
}

json remove_from_list(const Schema& schema, const json& value, const FieldSet& fields) {
  json out;
  for (const json& item : value) {
    const Step step = item_step(schema, item).value_or(Step{});
    if (fields.has_member(step)) continue;
    const FieldSet* below = fields.below(step);
    out.push_back(below == nullptr ? item : remove_fields(*schema.items, item, *below));
  }
  return out;
}

}  // namespace

Form form_of(const Schema& schema, const json& value) {
  if (schema.atomic) return Form::leaf;
  switch (schema.type) {
    case Schema::Type::structure:
    case Schema::Type::map:
      return Form::map;
    case Schema::Type::list:
      return schema.list == Schema::List::atomic ? Form::leaf : Form::list;
    case Schema::Type::any:
      return value.is_object() ? Form::map : Form::leaf;
    default:
      return Form::leaf;
  }
}

std::optional<Step> item_step(const Schema& list, const json& item) {
  if (list.list == Schema::List::set) {
    if (item.is_structured() || item.is_null()) return std::nullopt;
    return Step{Step::Kind::value, "", item};
  }
  if (!item.is_object()) return std::nullopt;
  Step step{Step::Kind::key, "", json::object()};
  for (const std::string& key : list.keys) {
    const Field* field = list.items->find(key);
    if (item.contains(key))
      step.value[key] = item.at(key);
    else if (field != nullptr && !field->fallback.is_null())
      step.value[key] = field->fallback;
  }
  return step.value.empty() ? std::nullopt : std::optional(std::move(step));
}

FieldSet field_set_of(const Schema& schema, const json& value) {
  Collector collector;
  collector.visit(schema, value);
  return std::move(collector.set);
}

json remove_fields(const Schema& schema, const json& value, const FieldSet& fields) {
  const Form form = form_of(schema, value);
  // An atomic list or map that lost something inside it has nothing to keep.
  if (form == Form::leaf) return value.is_structured() ? json() : value;
  if (form == Form::map) return value.is_object() ? remove_from_map(schema, value, fields) : json();
  return value.is_array() ? remove_from_list(schema, value, fields) : json();
}

}  // namespace mesh::simulator
