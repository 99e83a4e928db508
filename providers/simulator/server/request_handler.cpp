#include "providers/simulator/server/request_handler.h"

#include <utility>

namespace mesh::simulator {

IncomingRequest incoming(std::string_view target, ApiRequest request, std::chrono::system_clock::time_point now) {
  IncomingRequest made{.target = parse_target(target), .request = std::move(request), .at = now};
  made.request.path = made.target.path;
  made.request.query = made.target.query;
  return made;
}

}  // namespace mesh::simulator
