#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "engine/model/change.h"
#include "engine/model/field_path.h"
#include "engine/model/object.h"

namespace mesh {

/// One manager's part of a place: the FieldsV1 node that says what it owns there. A node without children but `.` owns
/// the place as a whole.
struct Claim {
  const ManagedFields* entry = nullptr;
  const nlohmann::json* fields = nullptr;
  /// As `is_ours` says.
  bool ours = false;
};

/// Who owns something at or below one place of an object. Walks FieldsV1 as it is, without building sets of paths.
class Claims {
 public:
  /// The claims on the whole object, those of `manager` being ours. Entries of subresource `status` are left out: they
  /// never own what we want.
  static Claims of(const Object& object, std::string_view manager);

  /// The claims on a step below: a FieldsV1 key such as `f:spec`, `k:{"port":15443,"protocol":"TCP"}`, `v:"x"`.
  Claims below(std::string_view element) const;
  Claims below_field(std::string_view name) const;
  Claims at(const FieldPath& path) const;

  bool ours() const;
  /// False as well when we have entries of several API versions.
  bool only_one_is_ours() const;
  bool others() const;
  /// The managers other than us.
  std::vector<FieldOwner> other_owners() const;

  const Claim* begin() const { return more_.empty() ? few_.data() : more_.data(); }
  const Claim* end() const { return begin() + (more_.empty() ? size_ : more_.size()); }

 private:
  void add(const Claim& claim);

  // Objects have two or three managers; a vector takes over when there are more.
  std::array<Claim, 4> few_;
  std::size_t size_ = 0;
  std::vector<Claim> more_;
};

/// Whether the node owns its place as a whole.
bool is_leaf(const nlohmann::json& fields);

}  // namespace mesh
