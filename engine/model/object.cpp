#include "engine/model/object.h"

#include <fmt/format.h>

#include <tuple>

#include "engine/base/json.h"

namespace mesh {
namespace {

tl::unexpected<Diagnostics> malformed(const std::string& cause) {
  return failure(
      Diagnostic{.code = Code::malformed_answer,
                 .summary = "answer is not a Kubernetes object",
                 .cause = cause,
                 .hint = "check that the address is a Kubernetes API server and that no proxy changes answers"});
}

std::vector<ManagedFields> managers_of(const nlohmann::json& metadata) {
  std::vector<ManagedFields> managers;
  for (const nlohmann::json& entry : list_at(metadata, {"managedFields"})) {
    if (!entry.is_object()) continue;
    ManagedFields managed{.manager = text_at(entry, "manager"),
                          .operation = text_at(entry, "operation"),
                          .subresource = text_at(entry, "subresource"),
                          .time = std::nullopt,
                          .fields = entry.value("fieldsV1", nlohmann::json::object())};
    if (entry.contains("time") && entry["time"].is_string()) managed.time = entry["time"].get<std::string>();
    managers.push_back(std::move(managed));
  }
  return managers;
}

}  // namespace

std::string_view ObjectId::group() const {
  const std::size_t slash = api_version.find('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(api_version).substr(0, slash);
}

bool operator==(const ObjectId& one, const ObjectId& other) { return (one <=> other) == std::strong_ordering::equal; }

std::strong_ordering operator<=>(const ObjectId& one, const ObjectId& other) {
  return std::tuple(one.group(), std::string_view(one.kind), std::string_view(one.ns), std::string_view(one.name)) <=>
         std::tuple(other.group(), std::string_view(other.kind), std::string_view(other.ns),
                    std::string_view(other.name));
}

std::string to_string(const ObjectId& id) {
  if (id.ns.empty()) return fmt::format("{} {}", id.kind, id.name);
  return fmt::format("{} {}/{}", id.kind, id.ns, id.name);
}

Result<Object> object_from_json(nlohmann::json answer, const std::optional<ObjectId>& id_hint) {
  if (!answer.is_object()) return malformed(fmt::format("a JSON {} came instead of an object", answer.type_name()));
  const auto metadata = answer.find("metadata");
  if (metadata == answer.end() || !metadata->is_object()) return malformed("it has no metadata");
  Object object;
  object.metadata_only = text_at(answer, "kind") == "PartialObjectMetadata";
  if (id_hint) {
    object.id.api_version = id_hint->api_version;
    object.id.kind = id_hint->kind;
  } else {
    object.id.api_version = text_at(answer, "apiVersion");
    object.id.kind = text_at(answer, "kind");
  }
  object.id.ns = text_at(*metadata, "namespace");
  object.id.name = text_at(*metadata, "name");
  if (object.id.kind.empty() || object.id.name.empty()) return malformed("it has no kind or no name");
  object.uid = text_at(*metadata, "uid");
  object.resource_version = text_at(*metadata, "resourceVersion");
  object.managers = managers_of(*metadata);
  metadata->erase("managedFields");
  if (const auto annotations = metadata->find("annotations");
      annotations != metadata->end() && annotations->is_object()) {
    if (const auto last = annotations->find(last_applied_annotation); last != annotations->end()) {
      object.has_last_applied = true;
      *last = "";
    }
  }
  answer["apiVersion"] = object.id.api_version;
  answer["kind"] = object.id.kind;
  object.body = std::move(answer);
  return object;
}

bool holds_secrets(std::string_view kind) { return kind == "Secret"; }

bool is_secret_field(std::string_view kind, std::string_view field) {
  return holds_secrets(kind) && (field == "data" || field == "stringData");
}

std::string field_manager_of(const std::string& mesh) { return fmt::format("{}.{}", managed_by, mesh); }

bool is_ours(const ManagedFields& entry, std::string_view manager) {
  return entry.manager == manager && entry.operation == "Apply" && entry.subresource.empty();
}

bool created_by_mesh(const Object& object, const std::string& mesh_name) {
  return text_at(object.body, {"metadata", "labels", managed_by_label}) == managed_by &&
         text_at(object.body, {"metadata", "labels", mesh_label}) == mesh_name;
}

const nlohmann::json* deletion_time(const Object& object) {
  return find_field(*object.body, {"metadata", "deletionTimestamp"});
}

std::string finalizers_of(const Object& object) {
  std::string text;
  for (const nlohmann::json& one : list_at(*object.body, {"metadata", "finalizers"})) {
    if (one.is_string()) text += (text.empty() ? "" : ", ") + one.get<std::string>();
  }
  return text;
}

}  // namespace mesh
