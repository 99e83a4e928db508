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

IncomingRequest incoming(Parts parts, std::chrono::system_clock::time_point now);

/// What becomes of a request.
struct ResponsePlan {
  enum class How {
    whole,
    drop,     // no answer: the connection is reset
    cut,      // the connection is reset amid the answer
    truncate  // less of the body comes than was announced
  };
  How how = How::whole;
  /// Passes before `answer` is asked.
  std::chrono::milliseconds delay{0};
  /// Makes the answer; called once, on a worker thread, unless the request is dropped.
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
  /// Who runs what an upgraded connection asks for; null: nobody.
  virtual std::shared_ptr<PodBackend> pods(const std::string& cluster) = 0;
};

}  // namespace mesh::simulator
