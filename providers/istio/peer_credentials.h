#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/model/action.h"
#include "providers/istio/client_pool.h"
#include "providers/istio/remote_kubeconfig.h"

namespace mesh::istio {

/// A remote Secret ready to be sent, and what may be told of it.
struct FilledSecret {
  nlohmann::json body = {};
  /// The same with `sha256:<digest of the kubeconfig>` in place of the kubeconfig.
  nlohmann::json redacted = {};
};

/// Makes the credentials for peers. The only place where tokens are in memory: those of the peers that were read for as
/// long as this lives, copies until they were used; all are wiped. Thread-safe.
class PeerCredentials {
 public:
  PeerCredentials(const MeshSpec& mesh, ClientPool& client_pool, Clock& clock)
      : mesh_(mesh), client_pool_(client_pool), clock_(clock) {}

  /// Reads the peer's token, once per peer unless the plan saw another Secret than the one that was read, builds the
  /// kubeconfig that the Secret's annotations describe, and dials the peer with it, once per kubeconfig and process:
  /// istiod gets no kubeconfig that was not seen to work (istio-facts 5.7). Where another address is to be dialled than
  /// this process uses itself, failing to reach it is a warning in `warnings`. Errors: not_found, not_ready,
  /// ground_moved, dial_failed, and those of reading.
  Result<FilledSecret> fill(const Action& action, const nlohmann::json& body, const kubernetes::CallLimits& limits,
                            Diagnostics& warnings);

 private:
  /// What a peer's token Secret holds.
  struct Token {
    std::string uid;
    std::string token;
    std::string ca_pem;
  };
  /// What came of reading it.
  struct Reading {
    Reading() = default;
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading();
    std::mutex mutex;
    std::optional<Token> found;
    Diagnostics failure;
  };
  /// What came of dialling one kubeconfig.
  struct Call {
    std::mutex mutex;
    bool settled = false;
    Diagnostics failure;
  };

  Result<Token> read_token(const std::string& peer, kubernetes::Client& client,
                           const kubernetes::CallLimits& limits) const;
  Result<Token> token_once(const std::string& peer, const std::string& planned_uid, kubernetes::Client& client,
                           const kubernetes::CallLimits& limits);
  Result<void> dial_once(const std::string& peer, kubernetes::Client& client, const RemoteAccess& access,
                         const kubernetes::CallLimits& limits, Diagnostics& warnings);
  Result<void> dial(kubernetes::Client& client, const RemoteAccess& access, const kubernetes::CallLimits& limits) const;

  const MeshSpec& mesh_;
  ClientPool& client_pool_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Reading>> readings_;
  /// By peer and digest of the kubeconfig.
  std::map<std::string, std::shared_ptr<Call>> calls_;
};

}  // namespace mesh::istio
