#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "providers/simulator/apiserver/handlers/pods.h"
#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/server/wire.h"

namespace mesh::simulator {

/// One request as it came, whole.
struct IncomingRequest {
  RequestTarget target;
  ApiRequest request;
  std::chrono::system_clock::time_point at;
};

/// `target`: path and query as sent. `request`: without them.
IncomingRequest incoming(std::string_view target, ApiRequest request, std::chrono::system_clock::time_point now);

/// What becomes of a request.
struct ResponsePlan {
  /// Of several the last.
  enum class How {
    whole,
    truncate,  // less of the body comes than was announced
    cut,       // the connection is reset amid the answer
    silent,    // no answer: the connection stays open
    drop       // no answer: the connection is reset
  };
  How how = How::whole;
  /// Passes before `answer` is asked.
  std::chrono::milliseconds delay{0};
  /// Makes the answer; called once, on a worker thread, unless nothing is answered.
  std::function<ApiResponse()> answer;
};

/// What stands behind the listener. Every function may be called from any of its threads.
class RequestHandler {
 public:
  RequestHandler() = default;
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;
  virtual ~RequestHandler() = default;

  /// Never blocks. `incoming` outlives the answer.
  virtual ResponsePlan plan_response(const IncomingRequest& incoming) = 0;
  /// An answer is about to leave: before its last byte, so that who has it also finds it recorded. A stream is told
  /// twice, at its beginning and its end.
  enum class Progress { started, complete };
  virtual void answered(const IncomingRequest& incoming, int status, std::size_t bytes, Progress stage) = 0;
  /// Whether from now on nothing may be sent of an answer that is ready, or of a stream that runs.
  virtual bool silent(const IncomingRequest& incoming) const = 0;
  /// Who runs what an upgraded connection asks for; null: nobody.
  virtual std::shared_ptr<PodBackend> pods(const std::string& cluster) = 0;
};

}  // namespace mesh::simulator
