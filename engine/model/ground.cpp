#include "engine/model/ground.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "engine/base/digest.h"

namespace mesh {
namespace {

/// Kubernetes' own controllers write beside spec as they work: a revision annotation, a finalizer, the scale.
bool is_controller(const ManagedFields& entry) {
  return !entry.subresource.empty() || entry.manager == "kube-controller-manager" ||
         entry.manager == "cloud-controller-manager";
}

/// Takes out of the value what a FieldsV1 tree names. Items of lists stay: controllers own none in what mesh writes.
void erase_fields(nlohmann::json& value, const nlohmann::json& fields) {
  if (!value.is_object() || !fields.is_object()) return;
  for (const auto& [name, below] : fields.items()) {
    if (!name.starts_with("f:")) continue;
    const auto field = value.find(name.substr(2));
    if (field == value.end()) continue;
    if (below.empty()) {
      value.erase(field);
    } else {
      erase_fields(*field, below);
      if (field->is_object() && field->empty()) value.erase(field);
    }
  }
}

/// The scale subresource leaves no owner where nobody applied replicas (kubernetes-facts 2.6).
void erase_scale(const Object& object, nlohmann::json& body) {
  if (object.id.kind != "Deployment") return;
  const auto spec = body.find("spec");
  if (spec != body.end() && spec->is_object()) spec->erase("replicas");
}

}  // namespace

Ground ground_of(const Object& object) {
  nlohmann::json body = object.body;
  if (body.is_object()) {
    body.erase("status");
    if (const auto metadata = body.find("metadata"); metadata != body.end() && metadata->is_object()) {
      for (const char* moving :
           {"uid", "resourceVersion", "generation", "managedFields", "creationTimestamp", "selfLink"})
        metadata->erase(moving);
    }
  }
  for (const ManagedFields& entry : object.managers) {
    if (is_controller(entry)) erase_fields(body, entry.fields);
  }
  erase_scale(object, body);
  // The server sorts the entries by time, which must not count: sort by content.
  std::multiset<std::string> owners;
  for (const ManagedFields& entry : object.managers) {
    if (!is_controller(entry))
      owners.insert(nlohmann::json::array({entry.manager, entry.operation, *entry.fields}).dump());
  }
  std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  for (const std::string& owner : owners) text += '\n' + owner;
  return {.uid = object.uid, .resource_version = object.resource_version, .digest = sha256_hex(text)};
}

std::optional<FieldOwner> newest_writer(const Object& object, std::string_view own) {
  const ManagedFields* newest = nullptr;
  for (const ManagedFields& entry : object.managers) {
    // RFC 3339 in UTC with whole seconds, as the API server writes it: text order is time order.
    if (!entry.subresource.empty() || !entry.time) continue;
    // Whole seconds are coarse: of two in the same one, the other is the news.
    const bool newer =
        newest == nullptr || *newest->time < *entry.time || (*newest->time == *entry.time && newest->manager == own);
    if (newer) newest = &entry;
  }
  if (newest == nullptr) return std::nullopt;
  return FieldOwner{newest->manager, newest->operation, newest->subresource, newest->time};
}

std::string by_whom(const Object& object, std::string_view own) {
  const auto writer = newest_writer(object, own);
  if (!writer) return {};
  return fmt::format(", last written by {}{}", writer->manager, writer->time ? " at " + *writer->time : "");
}

Diagnostic ground_moved(const std::string& cluster, const ObjectId& id, const std::string& cause) {
  return {.code = Code::ground_moved,
          .where = fmt::format("cluster {}: {}", cluster, to_string(id)),
          .summary = "object changed since the plan was made",
          .cause = cause,
          .hint = "plan again and review what is different now"};
}

}  // namespace mesh
