#include "engine/plan/diff/claims.h"

#include <algorithm>
#include <cstring>

namespace mesh {

Claims Claims::of(const Object& object, std::string_view manager) {
  Claims claims;
  for (const ManagedFields& entry : object.managers) {
    if (entry.subresource == "status" || !entry.fields->is_object()) continue;
    claims.add({&entry, &*entry.fields, is_ours(entry, manager)});
  }
  return claims;
}

void Claims::add(const Claim& claim) {
  if (more_.empty() && size_ < few_.size()) {
    few_.at(size_++) = claim;
    return;
  }
  if (more_.empty()) more_.assign(few_.begin(), few_.end());
  more_.push_back(claim);
}

Claims Claims::below(std::string_view element) const {
  Claims found;
  for (const Claim& claim : *this) {
    if (!claim.fields->is_object()) continue;
    if (const auto it = claim.fields->find(element); it != claim.fields->end())
      found.add({claim.entry, &*it, claim.ours});
  }
  return found;
}

Claims Claims::below_field(std::string_view name) const {
  if (begin() == end()) return {};
  std::array<char, 96> buffer;
  if (name.size() + 2 > buffer.size()) return below("f:" + std::string(name));
  buffer[0] = 'f';
  buffer[1] = ':';
  std::memcpy(buffer.data() + 2, name.data(), name.size());
  return below({buffer.data(), name.size() + 2});
}

Claims Claims::at(const FieldPath& path) const {
  Claims claims = *this;
  for (const PathElement& element : path) claims = claims.below(element_key(element));
  return claims;
}

bool Claims::ours() const {
  return std::any_of(begin(), end(), [](const Claim& claim) { return claim.ours; });
}

bool Claims::only_one_is_ours() const {
  return std::count_if(begin(), end(), [](const Claim& claim) { return claim.ours; }) == 1;
}

bool Claims::others() const {
  return std::any_of(begin(), end(), [](const Claim& claim) { return !claim.ours; });
}

std::vector<FieldOwner> Claims::other_owners() const {
  std::vector<FieldOwner> owners;
  for (const Claim& claim : *this) {
    if (claim.ours) continue;
    owners.push_back({claim.entry->manager, claim.entry->operation, claim.entry->subresource, claim.entry->time});
  }
  return owners;
}

bool is_leaf(const nlohmann::json& fields) {
  return !fields.is_object() || fields.empty() || (fields.size() == 1 && fields.begin().key() == ".");
}

}  // namespace mesh
