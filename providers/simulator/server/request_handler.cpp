#include "providers/simulator/server/request_handler.h"

#include <utility>

namespace mesh::simulator {

IncomingRequest incoming(Parts parts, std::chrono::system_clock::time_point now) {
  IncomingRequest made{.target = parse_target(parts.target), .request = {}, .at = now};
  ApiRequest& api = made.request;
  api.method = std::move(parts.method);
  api.path = made.target.path;
  api.query = made.target.query;
  api.headers = std::move(parts.headers);
  api.body = std::move(parts.body);
  api.remote_address = std::move(parts.peer);
  return made;
}

}  // namespace mesh::simulator
