#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "providers/simulator/server/listener.h"
#include "providers/simulator/server/spdy_frames.h"

namespace mesh::simulator::testing {

/// The other end of pods/portforward and pods/exec, as kubectl is it: one connection, no threads. What it waits for and
/// does not come ends the wait after some seconds, with a failure of the test.
class PodClient {
 public:
  explicit PodClient(std::uint16_t port);
  ~PodClient();
  PodClient(const PodClient&) = delete;
  PodClient& operator=(const PodClient&) = delete;

  struct Answer {
    int status = 0;
    std::string body;
  };
  /// POST with these headers.
  Answer upgrade(const std::map<std::string, std::string>& headers);
  void web_socket(const std::string& protocol);

  spdy::StreamId open(const spdy::Headers& headers);
  void say(spdy::StreamId id, const std::string& bytes);
  void finish(spdy::StreamId id);
  void reset(spdy::StreamId id);
  /// On WebSockets as one message.
  void say_raw(const std::string& bytes);

  void wait_for(spdy::StreamId id, const std::string& text);
  /// Finished or reset.
  void wait_for_end(spdy::StreamId id);
  void wait_for_close();
  std::string heard(spdy::StreamId id) const;
  bool ended(spdy::StreamId id) const;
  bool was_reset(spdy::StreamId id) const;
  bool told_to_go() const;
  /// Of a WebSocket, one after the other, until the server closes it.
  std::string messages();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::simulator::testing
