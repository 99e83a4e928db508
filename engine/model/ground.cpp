#include "engine/model/ground.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/base/digest.h"

namespace mesh {

Ground ground_of(const Object& object) {
  nlohmann::json body = object.body;
  if (body.is_object()) {
    body.erase("status");
    if (const auto metadata = body.find("metadata"); metadata != body.end() && metadata->is_object()) {
      for (const char* moving : {"resourceVersion", "generation", "managedFields", "creationTimestamp", "selfLink"})
        metadata->erase(moving);
    }
  }
  // The server sorts the entries by time, which must not count: sort by content.
  std::multiset<std::string> owners;
  for (const ManagedFields& entry : object.managers) {
    if (entry.subresource.empty())
      owners.insert(nlohmann::json::array({entry.manager, entry.operation, entry.fields}).dump());
  }
  std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (const std::string& owner : owners) text += '\n' + owner;
  return {.uid = object.uid, .resource_version = object.resource_version, .digest = sha256_hex(text)};
}

std::optional<FieldOwner> newest_writer(const Object& object) {
  const ManagedFields* newest = nullptr;
  for (const ManagedFields& entry : object.managers) {
    // RFC 3339 in UTC with whole seconds, as the API server writes it: text order is time order.
    if (!entry.subresource.empty() || !entry.time) continue;
    // Whole seconds are coarse: of two in the same one, who is not mesh is the news.
    const bool newer = newest == nullptr || *newest->time < *entry.time ||
                       (*newest->time == *entry.time && newest->manager == field_manager);
    if (newer) newest = &entry;
  }
  if (newest == nullptr) return std::nullopt;
  return FieldOwner{newest->manager, newest->operation, newest->subresource, newest->time};
}

}  // namespace mesh
