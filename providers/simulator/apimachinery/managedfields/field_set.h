#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "providers/simulator/apimachinery/managedfields/step.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// A set of paths. A path may be a member with or without members below it.
class FieldSet {
 public:
  void insert(const Steps& path);
  bool has(const Steps& path) const;
  bool empty() const;
  bool operator==(const FieldSet& other) const;

  /// The part below a step; null when there is none.
  const FieldSet* below(const Step& step) const;
  bool has_member(const Step& step) const;

  FieldSet united(const FieldSet& other) const;
  FieldSet intersected(const FieldSet& other) const;
  /// Members that the other does not have.
  FieldSet without(const FieldSet& other) const;
  /// The same, with all that stands below a member of the other.
  FieldSet without_trees(const FieldSet& other) const;
  /// With every declared field that leads to a member.
  FieldSet with_named_fields(const Schema& schema) const;

  /// Members before what stands below them, in the server's order.
  void for_each(const std::function<void(const Steps&)>& visit) const;

  /// The form of managedFields[].fieldsV1.
  nlohmann::json to_json() const;
  /// Unknown kinds of steps are skipped; nothing when a step cannot be read.
  static std::optional<FieldSet> from_json(const nlohmann::json& fields);

 private:
  struct Node;
  Node& at(const Step& step);
  const Node* find(const Step& step) const;
  void visit_from(Steps& prefix, const std::function<void(const Steps&)>& visit) const;
  static bool read(const nlohmann::json& fields, FieldSet& into, bool& is_member);
  /// Walks both in order; `make` answers the node to keep, from up to one of each.
  template <class Make>
  static FieldSet zip(const FieldSet& left, const FieldSet& right, Make make);

  /// Sorted by step.
  std::vector<Node> nodes_;
};

struct FieldSet::Node {
  Step step;
  bool member = false;
  FieldSet below;
};

}  // namespace mesh::simulator
