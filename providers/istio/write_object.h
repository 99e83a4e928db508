#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/model/change.h"
#include "providers/istio/request_limits.h"

namespace mesh::istio {

/// Writes planned changes of objects to one cluster, and refuses where the plan does not stand any more. Writes answer
/// what the API server stored.
class ObjectWriter {
 public:
  ObjectWriter(std::string cluster, kubernetes::Client& client, const RequestLimits& limits)
      : cluster_(std::move(cluster)), client_(client), limits_(limits) {}

  /// Creates with this body. Errors: ground_moved when somebody made the object meanwhile and holds a field otherwise;
  /// where all fields are equal that is a warning in `warnings`.
  Result<Object> create(const ObjectId& id, const nlohmann::json& body, Diagnostics& warnings);
  /// Updates, `body` being that of the change with everything filled in. The version that the plan read is the
  /// precondition, so the common case is one request; when it has moved on, the content decides, and a write of this
  /// process whose answer was lost counts as done. Errors: ground_moved.
  Result<Object> update(const ObjectId& id, const UpdateObject& change, const nlohmann::json& body);
  /// Deletes and creates. Once the deletion was accepted, neither a stop nor the end of the time that it had keeps the
  /// creation from being done: it has a minute of its own. `deleted`: the old object is gone, also where this fails.
  Result<Object> replace(const ObjectId& id, const ReplaceObject& change, const nlohmann::json& body,
                         Diagnostics& warnings, bool& deleted);
  /// An object that is gone already is fine. Errors: ground_moved.
  Result<void> remove(const ObjectId& id, const Ground& ground);

 private:
  /// Deletes the object as long as it is what the plan read; gone already is fine.
  Result<void> remove_planned(const ObjectId& id, const Ground& planned);
  /// The object as it is now; null when it is gone.
  Result<std::unique_ptr<Object>> look(const ObjectId& id);
  /// Whether the object still is what the plan read.
  Result<void> compare(const ObjectId& id, const Object* now, const Ground& planned) const;
  /// The limits of a write, with `retried` told whether it was sent more than once: then an earlier answer may be lost.
  kubernetes::CallLimits write_limits(bool& retried) const;
  Result<Ground> patch(const ObjectId& id, const std::vector<ForeignField>& fields, const Ground& ground);

  std::string cluster_;
  kubernetes::Client& client_;
  const RequestLimits& limits_;
};

}  // namespace mesh::istio
