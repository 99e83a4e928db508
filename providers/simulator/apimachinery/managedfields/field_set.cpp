#include "providers/simulator/apimachinery/managedfields/field_set.h"

#include <algorithm>

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::string serialized(const Step& step) {
  switch (step.kind) {
    case Step::Kind::field:
      return "f:" + step.name;
    case Step::Kind::key:
      return "k:" + step.value.dump();
    case Step::Kind::value:
      return "v:" + step.value.dump();
    default:
      return "i:" + step.value.dump();
  }
}

enum class Reading { done, unknown, broken };

Reading parse_step(const std::string& text, Step& step) {
  if (text.size() < 2 || text[1] != ':') return Reading::broken;
  const std::string_view rest = std::string_view(text).substr(2);
  if (text[0] == 'f') {
    step = Step::field(rest);
    return Reading::done;
  }
  if (text[0] != 'k' && text[0] != 'v' && text[0] != 'i') return Reading::unknown;
  json value = json::parse(rest, nullptr, false);
  if (value.is_discarded()) return Reading::broken;
  if (text[0] == 'k' && !value.is_object()) return Reading::broken;
  if (text[0] == 'i' && !value.is_number_integer()) return Reading::broken;
  step.kind = text[0] == 'k' ? Step::Kind::key : text[0] == 'v' ? Step::Kind::value : Step::Kind::index;
  step.value = std::move(value);
  return Reading::done;
}

bool keyed_before(const Step& left, const Step& right) { return compare(left, right) < 0; }

}  // namespace

FieldSet::Node& FieldSet::at(const Step& step) {
  if (nodes_.empty() || compare(nodes_.back().step, step) < 0) return nodes_.emplace_back(Node{step, false, {}});
  auto place = std::lower_bound(nodes_.begin(), nodes_.end(), step,
                                [](const Node& node, const Step& desired) { return keyed_before(node.step, desired); });
  if (place == nodes_.end() || compare(place->step, step) != 0) place = nodes_.insert(place, Node{step, false, {}});
  return *place;
}

const FieldSet::Node* FieldSet::find(const Step& step) const {
  const auto place = std::lower_bound(nodes_.begin(), nodes_.end(), step, [](const Node& node, const Step& desired) {
    return keyed_before(node.step, desired);
  });
  return place != nodes_.end() && compare(place->step, step) == 0 ? &*place : nullptr;
}

void FieldSet::insert(const Steps& path) {
  FieldSet* here = this;
  for (std::size_t i = 0; i < path.size(); ++i) {
    Node& node = here->at(path[i]);
    if (i + 1 == path.size()) node.member = true;
    here = &node.below;
  }
}

bool FieldSet::has(const Steps& path) const {
  const FieldSet* here = this;
  const Node* node = nullptr;
  for (const Step& step : path) {
    node = here->find(step);
    if (node == nullptr) return false;
    here = &node->below;
  }
  return node != nullptr && node->member;
}

bool FieldSet::empty() const { return nodes_.empty(); }

bool FieldSet::operator==(const FieldSet& other) const {
  return std::equal(
      nodes_.begin(), nodes_.end(), other.nodes_.begin(), other.nodes_.end(), [](const Node& left, const Node& right) {
        return left.member == right.member && compare(left.step, right.step) == 0 && left.below == right.below;
      });
}

const FieldSet* FieldSet::below(const Step& step) const {
  const Node* node = find(step);
  return node == nullptr || node->below.empty() ? nullptr : &node->below;
}

bool FieldSet::has_member(const Step& step) const {
  const Node* node = find(step);
  return node != nullptr && node->member;
}

template <class Make>
FieldSet FieldSet::zip(const FieldSet& left, const FieldSet& right, Make make) {
  FieldSet out;
  auto l = left.nodes_.begin();
  auto r = right.nodes_.begin();
  while (l != left.nodes_.end() || r != right.nodes_.end()) {
    const int order = l == left.nodes_.end() ? 1 : r == right.nodes_.end() ? -1 : compare(l->step, r->step);
    const Node* of_left = order <= 0 ? &*l++ : nullptr;
    const Node* of_right = order >= 0 ? &*r++ : nullptr;
    Node node = make(of_left, of_right);
    if (node.member || !node.below.empty()) out.nodes_.push_back(std::move(node));
  }
  return out;
}

FieldSet FieldSet::united(const FieldSet& other) const {
  return zip(*this, other, [](const Node* left, const Node* right) {
    if (right == nullptr) return *left;
    if (left == nullptr) return *right;
    return Node{left->step, left->member || right->member, left->below.united(right->below)};
  });
}

FieldSet FieldSet::intersected(const FieldSet& other) const {
  return zip(*this, other, [](const Node* left, const Node* right) {
    if (left == nullptr || right == nullptr) return Node{};
    return Node{left->step, left->member && right->member, left->below.intersected(right->below)};
  });
}

FieldSet FieldSet::without(const FieldSet& other) const {
  return zip(*this, other, [](const Node* left, const Node* right) {
    if (left == nullptr) return Node{};
    if (right == nullptr) return *left;
    return Node{left->step, left->member && !right->member, left->below.without(right->below)};
  });
}

FieldSet FieldSet::without_trees(const FieldSet& other) const {
  return zip(*this, other, [](const Node* left, const Node* right) {
    if (left == nullptr || (right != nullptr && right->member)) return Node{};
    if (right == nullptr) return *left;
    return Node{left->step, left->member, left->below.without_trees(right->below)};
  });
}

FieldSet FieldSet::with_named_fields(const Schema& schema) const {
  FieldSet out;
  for (const Node& node : nodes_) {
    const bool is_item = node.step.kind == Step::Kind::key && schema.type == Schema::Type::list;
    const Schema& below = is_item ? *schema.items : schema.member(node.step.name);
    const bool declared = schema.find(node.step.name) != nullptr && !node.below.empty();
    out.nodes_.push_back({node.step, node.member || declared, node.below.with_named_fields(below)});
  }
  return out;
}

void FieldSet::for_each(const std::function<void(const Steps&)>& visit) const {
  Steps prefix;
  visit_from(prefix, visit);
}

void FieldSet::visit_from(Steps& prefix, const std::function<void(const Steps&)>& visit) const {
  for (const Node& node : nodes_) {
    if (!node.member) continue;
    prefix.push_back(node.step);
    visit(prefix);
    prefix.pop_back();
  }
  for (const Node& node : nodes_) {
    prefix.push_back(node.step);
    node.below.visit_from(prefix, visit);
    prefix.pop_back();
  }
}

json FieldSet::to_json() const {
  json out = json::object();
  for (const Node& node : nodes_) {
    json below = node.below.to_json();
    if (node.member && !node.below.empty()) below["."] = json::object();
    out[serialized(node.step)] = std::move(below);
  }
  return out;
}

/// A step without anything below it, or with `.`, is a member.
bool FieldSet::read(const json& fields, FieldSet& into, bool& is_member) {
  bool any = false;
  if (!fields.is_object()) return false;
  for (const auto& [key, value] : fields.items()) {
    if (key == ".") {
      is_member = true;
      continue;
    }
    Step step;
    const Reading reading = parse_step(key, step);
    if (reading == Reading::broken) return false;
    if (reading == Reading::unknown) continue;
    Node& node = into.at(step);
    if (!read(value, node.below, node.member)) return false;
    any = true;
  }
  if (!any) is_member = true;
  return true;
}

std::optional<FieldSet> FieldSet::from_json(const json& fields) {
  FieldSet set;
  bool is_member = false;
  if (!read(fields, set, is_member)) return std::nullopt;
  return set;
}

}  // namespace mesh::simulator
