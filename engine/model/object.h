#pragma once

#include <compare>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/shared.h"

namespace mesh {

/// The value of `app.kubernetes.io/managed-by` on all that mesh makes. Earlier builds wrote under it as field manager.
inline constexpr const char* managed_by = "mesh";
inline constexpr const char* managed_by_label = "app.kubernetes.io/managed-by";
inline constexpr const char* mesh_label = "mesh-engine.dev/mesh";
/// What client-side `kubectl apply` leaves behind: the whole object, credentials included.
inline constexpr const char* last_applied_annotation = "kubectl.kubernetes.io/last-applied-configuration";

/// Which object, within one cluster. `ns` is empty for cluster-wide kinds. The version in `api_version` is how a client
/// speaks of the object and no part of its identity: `v1` and `v1beta1` of a group name the same one.
struct ObjectId {
  std::string api_version = {};
  std::string kind = {};
  std::string ns = {};
  std::string name = {};

  /// `networking.istio.io`; empty for the core group.
  std::string_view group() const;

  friend bool operator==(const ObjectId& one, const ObjectId& other);
  friend std::strong_ordering operator<=>(const ObjectId& one, const ObjectId& other);
};

/// `Service istio-system/istio-eastwestgateway`; without a namespace `ClusterRole NAME`.
std::string to_string(const ObjectId& id);

/// Whether objects of this kind hold secret values. They are read and answered as metadata alone, and their values are
/// never shown, compared, recorded or quoted.
bool holds_secrets(std::string_view kind);
/// Whether such values stand in this field of the root of an object of this kind.
bool is_secret_field(std::string_view kind, std::string_view field);

struct Object;
/// When the object was told to go, RFC 3339; null unless it is on its way out. Finalizers hold it, or its pods still
/// end.
const nlohmann::json* deletion_time(const Object& object);
/// The finalizers that hold it: `a, b`.
std::string finalizers_of(const Object& object);

/// One entry of `metadata.managedFields`.
struct ManagedFields {
  std::string manager = {};
  /// `Apply` or `Update`.
  std::string operation = {};
  /// `status`, `scale` or empty.
  std::string subresource = {};
  /// RFC 3339; may be absent.
  std::optional<std::string> time = {};
  /// FieldsV1: nested objects with `f:`, `k:`, `v:` and `.` keys.
  Shared<nlohmann::json> fields = {};

  bool operator==(const ManagedFields&) const = default;
};

/// A live Kubernetes object. `body` holds neither managedFields nor, on arrival, the value of a last-applied
/// annotation; that of a list of metadata holds no uid, resourceVersion and creationTimestamp either, so that equal
/// ones of many clusters can be one.
struct Object {
  ObjectId id = {};
  std::string uid = {};
  std::string resource_version = {};
  Shared<nlohmann::json> body = {};
  std::vector<ManagedFields> managers = {};
  /// Read as PartialObjectMetadata: everything but identity and metadata is unknown.
  bool metadata_only = false;
  /// The object carries a last-applied annotation (its value was dropped).
  bool has_last_applied = false;

  bool operator==(const Object&) const = default;
};

/// The field manager of every write of a mesh: `mesh.prod`. Each mesh has its own, so that two of them never take a
/// field of each other for theirs. At most 68 characters, of which the API server takes 128.
std::string field_manager_of(const std::string& mesh);

/// Whether the entry is of what that manager applies.
bool is_ours(const ManagedFields& entry, std::string_view manager);

/// Takes an API server's answer apart. `metadata_only` objects name their kind through `id_hint`, because the answer
/// says PartialObjectMetadata. Errors: malformed_answer.
Result<Object> object_from_json(nlohmann::json answer, const std::optional<ObjectId>& id_hint = std::nullopt);

/// Whether the object carries the labels that mesh puts on what it creates for the mesh of that name.
bool created_by_mesh(const Object& object, const std::string& mesh_name);

}  // namespace mesh
