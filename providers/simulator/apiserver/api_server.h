#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/apiserver/settings.h"
#include "providers/simulator/apiserver/storage/stored.h"

namespace mesh::simulator {

class Objects;
class TokenSigner;
class Cluster;

/// What a controller's request gave: the parsed body, a Status when it failed.
struct CallResult {
  int status = 0;
  nlohmann::json body;
  bool ok() const { return status >= 200 && status < 300; }
};

/// One cluster's API server, in process. Every function is safe to call from any thread, also from a subscriber.
/// Garbage collection and the end of namespaces are its own; what a node does is not: a pod that has one only gets its
/// deletionTimestamp, and something deletes it with gracePeriodSeconds=0 then.
class ApiServer {
 public:
  explicit ApiServer(ApiServerSettings settings);
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  /// Everything that a request meets: authentication, authorization, routing, the verb. Never throws, never blocks
  /// long.
  ApiResponse handle(const ApiRequest& request);

  /// A request of a component inside the cluster, as a member of system:masters. `user_agent` up to its first slash is
  /// the field manager. `target` is a path with an encoded query.
  CallResult call(const std::string& user_agent, const std::string& method, const std::string& target,
                  const nlohmann::json& body = nullptr, const std::string& content_type = "application/json");

  /// Called for each change in order, after the write and without a lock; may call back into the server.
  void subscribe(std::function<void(const ObjectEvent&)> subscriber);

  void set_pods(std::shared_ptr<PodBackend> pods);
  void set_pod_webhook(PodWebhook webhook);
  std::shared_ptr<PodBackend> pods() const;

  /// Looks without a request: no audit, no parse. `resource` as "services" or "deployments.apps".
  StoredPtr find(const std::string& resource, const std::string& ns, const std::string& name) const;
  /// All of a namespace, or of all namespaces when empty, ordered by namespace and name.
  std::vector<StoredPtr> all(const std::string& resource, const std::string& ns = "") const;
  /// The store as tokens and rights read it.
  const Objects& objects() const;
  /// Signs this cluster's tokens: for the controller that fills token Secrets.
  const TokenSigner& signer() const;

  /// Stores an object as it is, for worlds that are loaded: only missing uid, creationTimestamp and version are made
  /// up; nothing is checked. False: kind not served, or name missing.
  bool put(const nlohmann::json& object);

  /// Forgets all past changes, as etcd's compaction does: old watches and continue tokens get 410.
  void compact();

  const ApiServerSettings& settings() const;

 private:
  /// Shared with the watches that are open.
  std::shared_ptr<Cluster> cluster_;
};

}  // namespace mesh::simulator
