#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/model/change.h"
#include "engine/model/field_schema.h"
#include "engine/model/live_state.h"
#include "tests/support/fake_fields.h"

namespace mesh::testing {

enum class Forced { no, yes };

/// An API server in memory: objects, server-side apply with managedFields, updates by other managers, defaults. It
/// follows providers/kubernetes/FACTS.md as far as plans and applies can tell. Not thread-safe.
class FakeCluster {
 public:
  FakeCluster(std::string name, const FieldSchemas& schemas);

  /// Server-side apply. Unchanged content keeps the resourceVersion. `metadata.uid` and `metadata.resourceVersion` in
  /// the body are preconditions. Errors: field_conflict (cause: manager and path, one per line), conflict.
  Result<Object> apply(const ObjectId& id, const nlohmann::json& body, const std::string& manager = "mesh.prod",
                       Forced forced = Forced::no);

  /// A write by another client (PUT or PATCH): `edit` gets the body. Fields that it sets or changes become its own and
  /// nobody else's; fields that it takes away are nobody's. Makes the object when there is none.
  void update(const ObjectId& id, const std::string& manager, const std::function<void(nlohmann::json&)>& edit);

  void remove(const ObjectId& id);

  /// `managedFields: [{}]`.
  void reset_ownership(const ObjectId& id);

  /// Carries out one change of a plan as that manager: removes foreign fields, applies, replaces or deletes. `fill`
  /// gives the value for each null of the body.
  Result<void> carry_out(const ObjectChange& change, const std::function<nlohmann::json(const FieldPath&)>& fill,
                         const std::string& manager = "mesh.prod");

  /// Null when there is none.
  const Object* find(const ObjectId& id) const;

  /// What a pass of reading brings back: all objects, Secrets as metadata alone; whatever is asked for was read.
  ClusterState read(const std::vector<ObjectId>& asked) const;

  /// Every write: `apply Service istio-system/x by mesh`. Unchanged applies are not writes.
  const std::vector<std::string>& writes() const { return writes_; }

  /// What the server fills into a body that is written. Replace it to try others.
  std::function<void(const ObjectId&, nlohmann::json&)> defaults;

 private:
  struct Stored {
    std::string uid;
    int version = 0;
    nlohmann::json body;
    /// By manager and operation.
    std::map<std::pair<std::string, std::string>, FieldSet> owners;
    /// Seconds at which an owner last wrote, by the same.
    std::map<std::pair<std::string, std::string>, int> times;
  };

  const FieldSchema& schema_of(const ObjectId& id) const;
  Object to_object(const ObjectId& id, const Stored& stored) const;
  void store(const ObjectId& id, Stored next, const std::string& what);

  std::string name_;
  const FieldSchemas& schemas_;
  std::map<ObjectId, Stored> objects_;
  mutable std::map<ObjectId, Object> shown_;
  std::vector<std::string> writes_;
  int clock_ = 0;
};

/// Defaults as Kubernetes fills them in for Services, Deployments and Secrets, some quantities written shorter.
void kubernetes_defaults(const ObjectId& id, nlohmann::json& body);

}  // namespace mesh::testing
