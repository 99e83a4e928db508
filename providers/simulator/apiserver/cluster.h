#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/authentication/authenticate.h"
#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/apiserver/settings.h"
#include "providers/simulator/apiserver/storage/store.h"
#include "providers/simulator/apiserver/storage/watch_hub.h"

namespace mesh::simulator {

/// What the verbs work on: the state of one cluster.
class Cluster : public std::enable_shared_from_this<Cluster> {
 public:
  explicit Cluster(ApiServerSettings given);

  const ApiServerSettings settings;
  Store store;
  WatchHub hub;
  const TokenSigner signer;
  const StaticTokens tokens;
  /// Held by whoever writes to the store, from reading what he changes to storing it.
  std::mutex writing;

  std::shared_ptr<const Registry> registry() const;
  /// After a CustomResourceDefinition was written.
  void refresh_registry();
  Authentication authentication() const;
  /// RFC 3339, whole seconds, UTC.
  std::string now_text() const;

  /// Hands the store's changes on, without any lock: to watches, then to subscribers in the order of their coming.
  void settle();
  void subscribe(std::function<void(const ObjectEvent&)> subscriber);

  std::shared_ptr<PodBackend> pods() const;
  void set_pods(std::shared_ptr<PodBackend> pods);
  /// Empty: there is none.
  PodWebhook pod_webhook() const;
  void set_pod_webhook(PodWebhook webhook);

  /// A new uid, and the random end of a generated name.
  std::string new_uid();
  std::string name_suffix();
  std::uint64_t random();

 private:
  void deliver(const std::vector<ObjectEvent>& events);

  mutable std::mutex mutex_;
  std::shared_ptr<const Registry> registry_;
  std::shared_ptr<PodBackend> pods_;
  PodWebhook pod_webhook_;
  std::vector<std::function<void(const ObjectEvent&)>> subscribers_;
  bool settling_ = false;
  std::uint64_t seed_ = 0;
};

}  // namespace mesh::simulator
