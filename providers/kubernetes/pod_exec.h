#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "providers/kubernetes/client.h"
#include "providers/kubernetes/diagnose.h"
#include "providers/kubernetes/transport/http.h"
#include "providers/kubernetes/transport/transport.h"

namespace mesh::kubernetes {

/// The request for a WebSocket that runs the command, with the subprotocols that `ExecOutput` understands.
HttpRequest exec_request(const ExecRequest& exec);

/// GET of what a container has logged.
HttpRequest logs_request(const LogsRequest& logs);

/// GET of a pod's page through the API server.
HttpRequest page_request(const PodPage& page);

/// Gathers the messages of an exec: the first byte of each is its channel (k8s.io/apimachinery,
/// pkg/util/remotecommand/constants.go).
class ExecOutput {
 public:
  explicit ExecOutput(std::size_t largest) : largest_(largest) {}

  /// False: the output is longer than allowed.
  bool add(std::string_view message);
  /// The Status has come; what the command printed may still follow on its own channels.
  bool ended() const { return !status_.empty(); }
  /// Errors: server_error when the command did not run, malformed_answer when there is no Status.
  Result<ExecAnswer> answer(const Attempt& attempt) &&;

 private:
  std::size_t largest_;
  ExecAnswer answer_ = {};
  std::string status_ = {};
};

/// Reads the socket until the server closes it, or the limits end.
Result<ExecAnswer> run_exec(Upgraded& upgraded, const ExecRequest& exec, const Attempt& attempt, const Clock& clock,
                            const CallLimits& limits);

}  // namespace mesh::kubernetes
