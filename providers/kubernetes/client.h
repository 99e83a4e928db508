#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/checks/right.h"
#include "engine/model/object.h"
#include "engine/model/readiness.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"

namespace mesh::kubernetes {

enum class Content { whole, metadata_only };

/// One thing to read. Without a name: a list, all pages of it.
struct Read {
  /// Kind, namespace, name as in ObjectId; an empty name lists.
  ObjectId id;
  std::string label_selector = {};
  Content content = Content::whole;
  /// Of a list over all namespaces: leaves out this one.
  std::string not_in_namespace = {};
};

/// Found objects (one, none, or the list), or why it could not be read. A missing object or a kind that is not served
/// is an empty list with `served` telling which.
struct ReadAnswer {
  std::vector<Object> objects;
  bool served = true;
};

/// The answer to one small request: how long it took, and what time it is there (to the second; nothing when the server
/// did not say).
struct Probe {
  std::chrono::milliseconds took{0};
  std::optional<std::chrono::seconds> clock_skew = {};
};

/// One look at a cluster: version and read_all.
struct Survey {
  Result<std::string> version = {};
  std::vector<Result<ReadAnswer>> answers = {};
};

/// What a server-side apply left, and whether it made it: the object may have been there already.
struct Applied {
  Object object = {};
  bool created = false;
};

/// JSON merge patch (RFC 7386), or the API server's strategic merge patch, which built-in kinds alone have.
enum class PatchType { merge, strategic };

/// Whether server-side apply takes fields over from other managers.
enum class Force { no, yes };

/// What limits one call. Retries of what may be retried (429 with Retry-After, 5xx but 500 "field not declared in
/// schema", resets, timeouts) happen inside, until the deadline.
struct CallLimits {
  TimePoint deadline;
  /// Ends the call at once, whatever is under way.
  std::stop_token stop;
  /// Ends it before the next try, while a request under way has its answer: of a write it should be known whether it
  /// was done.
  std::stop_token stop_trying = {};
  /// Told before each wait; may be empty.
  std::function<void(const std::string& why, std::chrono::milliseconds delay)> on_retry = {};
};

/// A command to run in a container, without input and terminal.
struct ExecRequest {
  std::string ns = {};
  std::string pod = {};
  std::string container = {};
  std::vector<std::string> command = {};
  /// Bytes of stdout and stderr together.
  std::size_t largest_output = 1U << 20U;
};

/// What a command printed on stdout and stderr, as it came: show it only through `printable`.
struct ExecAnswer {
  std::string out = {};
  std::string err = {};
  int exit_code = 0;

  bool operator==(const ExecAnswer&) const = default;
};

/// The last lines of a container's log.
struct LogsRequest {
  std::string ns = {};
  std::string pod = {};
  std::string container = {};
  int lines = 100;
  std::size_t largest_output = 1U << 20U;
};

/// A path that a pod serves over HTTP, asked for through the API server (right: `get` on `pods/proxy`).
struct PodPage {
  std::string ns = {};
  std::string pod = {};
  int port = 80;
  std::string path = "/";
};

/// What to wait for: called for every state of the object (null: absent).
using JudgeReadiness = std::function<Readiness(const Object* object)>;

/// One cluster's API server. Thread-safe. Every error names the cluster, the object, what was tried and what to do;
/// none holds a credential.
class Client {
 public:
  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  virtual ~Client() = default;

  /// What is dialled, whom it trusts (PEM, empty: the system), and whether verification is off.
  virtual std::string server() const = 0;
  virtual std::string ca_pem() const = 0;
  virtual bool insecure() const = 0;
  /// Under which name it writes.
  virtual const std::string& field_manager() const = 0;

  /// `gitVersion` of GET /version.
  virtual Result<std::string> version(const CallLimits& limits) = 0;
  /// All at once over one connection; answers in the order of the requests.
  virtual std::vector<Result<ReadAnswer>> read_all(const std::vector<Read>& reads, const CallLimits& limits) = 0;
  /// Both at once.
  virtual Survey survey(const std::vector<Read>& reads, const CallLimits& limits) = 0;
  /// Server-side apply as `field_manager`. A `metadata.resourceVersion` or `metadata.uid` in the body is a precondition
  /// (kubernetes-facts 1.1, 1.2, 1.3). Errors: conflict (moved since), field_conflict (names managers and fields),
  /// rejected, forbidden, not_found, …
  virtual Result<Applied> apply(const ObjectId& id, const nlohmann::json& body, Force force,
                                const CallLimits& limits) = 0;
  /// A patch as `field_manager`, for fields that others own. Errors: conflict when a precondition in it does not hold.
  virtual Result<Object> patch(const ObjectId& id, PatchType type, const nlohmann::json& patch,
                               const CallLimits& limits) = 0;
  /// Deletes with the uid and, unless it is empty, the version as preconditions, in the foreground, and returns when it
  /// is gone. Absent already: done. Errors: conflict when a precondition does not hold (kubernetes-facts 5.1).
  virtual Result<void> remove(const ObjectId& id, const std::string& uid, const CallLimits& limits,
                              const std::string& resource_version = {}) = 0;
  /// Watches one object until it is ready; a list, for which `judge` is called with each object of it, until one of
  /// them failed. Errors: not_ready with the last message of `judge`, at the deadline or as soon as it says failed;
  /// cancelled. `on_change` hears each new message; may be empty.
  virtual Result<void> wait(const Read& read, const JudgeReadiness& judge,
                            const std::function<void(const std::string&)>& on_change, const CallLimits& limits) = 0;
  /// Sends one GET with a foreign identity to see that a kubeconfig built for a peer works: server, CA and bearer token
  /// as given, nothing of this client's own access. Errors: unreachable, tls_failed, unauthorized, forbidden.
  virtual Result<void> dial(const std::string& server, const std::string& ca_pem, const std::string& token,
                            const std::string& path, const CallLimits& limits) = 0;
  /// How far away the API server is. The skew is positive when its clock is ahead of this machine's. Errors: those of
  /// version.
  virtual Result<Probe> probe(const CallLimits& limits) = 0;
  /// Whether this client's own account has each right, as SelfSubjectAccessReview tells; all at once over one
  /// connection, answers in the order of the questions.
  virtual std::vector<Result<bool>> may(const std::vector<Right>& rights, const CallLimits& limits) = 0;
  /// Runs a command in a pod over a WebSocket; any exit code is an answer. What could not be connected is tried again,
  /// a command that may have started is not. Errors: not_found, forbidden, server_error (it could not be run),
  /// timed_out, malformed_answer (too much output), cancelled, …
  virtual Result<ExecAnswer> exec(const ExecRequest& exec, const CallLimits& limits) = 0;
  virtual Result<std::string> logs(const LogsRequest& logs, const CallLimits& limits) = 0;
  /// The body of a page, when its status is 200. Errors: not_found, forbidden, server_error (also where the pod does
  /// not answer), …
  virtual Result<std::string> pod_page(const PodPage& page, const CallLimits& limits) = 0;
  /// Requests sent so far, retries included: for tests and figures.
  virtual std::size_t requests_sent() const = 0;
};

/// Makes clients from kubeconfigs. Thread-safe.
class ClientFactory {
 public:
  ClientFactory() = default;
  ClientFactory(const ClientFactory&) = delete;
  ClientFactory& operator=(const ClientFactory&) = delete;
  virtual ~ClientFactory() = default;

  /// `field_manager`: of every write; empty for a client that only reads. Warnings (insecure_tls) go to `diagnostics`.
  /// Errors: kubeconfig_invalid, unknown_context, legacy_auth_provider,
  /// file_not_readable, credential_invalid.
  virtual Result<std::unique_ptr<Client>> connect(const ClusterSpec& cluster, const std::string& field_manager,
                                                  Diagnostics& diagnostics) = 0;
};

}  // namespace mesh::kubernetes
