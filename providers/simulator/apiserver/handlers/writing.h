#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/cluster.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/request/options.h"

namespace mesh::simulator {

/// A write between decoding and the store; the writing lock is held.
struct Draft {
  Cluster& cluster;
  Exchange& exchange;
  WriteOptions options;
  Write write;
  /// Server-side apply: ownership is settled already.
  bool applied = false;
};

/// A write's result: the object as stored, or as it would be.
struct Written {
  StoredPtr object;
  int status = 200;
};

Draft draft_of(Cluster& cluster, Exchange& exchange, const WriteOptions& options);

/// The body of a create or update, decoded, with defaults. Warnings go into the exchange.
ApiResult<nlohmann::json> read_body(Draft& draft);
/// The same for what a patch made of an object.
ApiResult<nlohmann::json> settle_body(Draft& draft, const nlohmann::json& object);

/// 400 when the object names another namespace than the path; fills it in when it names none.
std::optional<ApiError> check_namespace(const Exchange& exchange, nlohmann::json& object);
/// 400 when it names another object than the path.
std::optional<ApiError> check_name(const Exchange& exchange, const nlohmann::json& object);
/// 404 or 403 when nothing can be created in the namespace.
std::optional<ApiError> check_home(const Draft& draft, const std::string& name);

/// 403 when the user may not create, whose request was for another verb.
std::optional<ApiError> check_may_create(const Draft& draft);

/// Creates what was decoded: ownership, names, checks, allocations, store.
ApiResult<Written> create_from(Draft& draft, nlohmann::json object);
/// Replaces `live`. `checked_version`: the client's resourceVersion must be that of `live`; else it may be absent.
ApiResult<Written> update_from(Draft& draft, const StoredPtr& live, nlohmann::json object);

/// PUT of what does not exist creates it, for some kinds.
bool creates_on_update(const ResourceInfo& resource);
/// PUT may leave resourceVersion out, for most kinds.
bool updates_unconditionally(const ResourceInfo& resource);

/// Where etcd would keep it, for messages.
std::string storage_key(const Exchange& exchange, const std::string& name);

/// An object that is stored nowhere: a dry run's result.
StoredPtr unstored(const std::string& resource, nlohmann::json object);

}  // namespace mesh::simulator
