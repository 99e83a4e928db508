#include "providers/simulator/apimachinery/managedfields/typed.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::simulator {

namespace {

using nlohmann::json;

const Schema& anything() {
  static const Schema any;
  return any;
}

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
      const Schema* declared = member_schema(schema, name);
      visit(declared == nullptr ? anything() : *declared, member);
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

class Remover {
 public:
  static json remove(const Schema& schema, const json& value, const FieldSet& fields) {
    switch (form_of(schema, value)) {
      case Form::map:
        return from_map(schema, value, fields);
      case Form::list:
        return from_list(schema, value, fields);
      default:
        // An atomic list or map that lost something inside it has nothing to keep.
        return value.is_structured() ? json() : value;
    }
  }

 private:
  static json from_map(const Schema& schema, const json& value, const FieldSet& fields) {
    json out;
    if (!value.is_object()) return out;
    for (const auto& [name, member] : value.items()) {
      const Step step = Step::field(name);
      if (fields.has_member(step)) continue;
      const FieldSet* below = fields.below(step);
      const Schema* declared = member_schema(schema, name);
      out[name] = below == nullptr ? member : remove(declared == nullptr ? anything() : *declared, member, *below);
    }
    return out;
  }

  static json from_list(const Schema& schema, const json& value, const FieldSet& fields) {
    json out;
    if (!value.is_array()) return out;
    for (const json& item : value) {
      const Step step = item_step(schema, item).value_or(Step{});
      if (fields.has_member(step)) continue;
      const FieldSet* below = fields.below(step);
      out.push_back(below == nullptr ? item : remove(*schema.items, item, *below));
    }
    return out;
  }
};

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

const Schema* member_schema(const Schema& schema, const std::string& name) {
  if (const Field* field = schema.find(name)) return field->schema;
  if (schema.type == Schema::Type::map) return schema.items;
  return schema.type == Schema::Type::any || schema.keeps_unknown ? &anything() : nullptr;
}

tl::expected<Step, std::string> item_step(const Schema& list, const json& item) {
  if (list.list == Schema::List::set) {
    if (item.is_object())
      return tl::unexpected(std::string("associative list without keys has an element that's a map type"));
    if (item.is_array()) return tl::unexpected(std::string("not supported: associative list with lists as elements"));
    if (item.is_null())
      return tl::unexpected(std::string("associative list without keys has an element that's an explicit null"));
    return Step{Step::Kind::value, "", item};
  }
  if (item.is_null()) return tl::unexpected(std::string("associative list with keys may not have a null element"));
  if (!item.is_object()) return tl::unexpected(std::string("associative list with keys may not have non-map elements"));
  Step step{Step::Kind::key, "", json::object()};
  for (const std::string& key : list.keys) {
    const Field* field = list.items->find(key);
    if (item.contains(key))
      step.value[key] = item.at(key);
    else if (field != nullptr && !field->fallback.is_null())
      step.value[key] = field->fallback;
  }
  if (step.value.empty()) {
    std::string keys;
    for (const std::string& key : list.keys) keys += fmt::format("{}\"{}\"", keys.empty() ? "" : " ", key);
    return tl::unexpected(
        fmt::format("associative list with keys has an element that omits all key fields [{}] (and "
                    "doesn't have default values for any key fields)",
                    keys));
  }
  return step;
}

FieldSet field_set_of(const Schema& schema, const json& value) {
  Collector collector;
  collector.visit(schema, value);
  return std::move(collector.set);
}

json remove_fields(const Schema& schema, const json& value, const FieldSet& fields) {
  return Remover::remove(schema, value, fields);
}

}  // namespace mesh::simulator
