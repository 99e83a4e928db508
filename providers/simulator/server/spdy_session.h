#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "providers/simulator/server/spdy_frames.h"

namespace mesh::simulator::spdy {

/// What becomes of the streams that a client opens. Called from within ServerSession::receive.
class Streams {
 public:
  Streams() = default;
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  virtual ~Streams() = default;

  /// Answers with accept() or reset().
  virtual void opened(StreamId id, const Headers& headers) = 0;
  virtual void received(StreamId id, std::string_view bytes) = 0;
  /// The client says nothing more on it.
  virtual void finished(StreamId id) = 0;
  /// The client wants nothing more of it.
  virtual void was_reset(StreamId id) = 0;
};

/// The server's end of a connection, without the connection. As the kubelet, it never opens a stream, and keeps to no
/// windows: kubectl does not tell how much it takes.
class ServerSession {
 public:
  /// Further ones are refused.
  static constexpr std::size_t most_streams = 1000;

  /// False: the connection is over, by the client's word or because what came is no SPDY.
  bool receive(std::string_view bytes, Streams& streams);

  void accept(StreamId id);
  /// On a stream that is not open (any more) these do nothing.
  void send(StreamId id, std::string_view bytes);
  void finish(StreamId id);
  void reset(StreamId id, ResetReason reason);
  /// Nothing that the client opens from now on is answered.
  void go_away(EndReason reason);

  /// What is to be sent. Taking it leaves nothing.
  std::string take_output() { return std::exchange(output_, {}); }
  std::size_t waiting() const { return output_.size(); }

 private:
  struct Open {
    bool client_finished = false;
    bool finished = false;
  };
  void answer(const SynStream& frame, Streams& streams);
  void answer(const Data& frame, Streams& streams);
  void client_finished(StreamId id, Streams& streams);
  void write(const Frame& frame) { output_ += writer_.bytes_of(frame); }

  FrameReader reader_;
  FrameWriter writer_;
  std::map<StreamId, Open> open_;
  StreamId last_ = 0;
  bool going_ = false;
  std::string output_;
};

}  // namespace mesh::simulator::spdy
