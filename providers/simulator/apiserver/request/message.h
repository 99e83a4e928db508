#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/port/clock.h"

namespace mesh::simulator {

/// Whom the TLS handshake proved: the subject of a verified client certificate.
struct ClientCertificate {
  std::string common_name;
  std::vector<std::string> organizations;
};

/// One request as the API server sees it, free of any transport.
struct ApiRequest {
  std::string method = "GET";
  /// "/api/v1/namespaces/default/secrets", percent-decoded, without "/clusters/NAME" and without the query.
  std::string path;
  /// Percent-decoded. Order within one key is kept.
  std::multimap<std::string, std::string> query{};
  /// Names in lower case.
  std::map<std::string, std::string> headers{};
  std::string body{};
  std::optional<ClientCertificate> certificate{};
  std::string remote_address{};
};

/// A watch or a followed log: text that comes in pieces. Safe to use from any thread.
class EventStream {
 public:
  struct Chunk {
    /// Whole lines, for a watch; may be empty.
    std::string text;
    /// Nothing comes after this chunk.
    bool ended = false;
  };

  EventStream() = default;
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  virtual ~EventStream() = default;

  /// What is there now; never blocks.
  virtual Chunk take() = 0;
  /// `wake` is called, from any thread and without a lock held, whenever take() may have something. It is called once
  /// at registration when something is there already. An empty function ends the calls.
  virtual void on_ready(std::function<void()> wake) = 0;
  /// When take() has something even if nobody wakes: a bookmark that falls due, the end of timeoutSeconds.
  virtual std::optional<TimePoint> due() const { return std::nullopt; }
};

/// A connection that becomes a stream to a pod: pods/{exec,attach,portforward} after authorization. The server does the
/// part of WebSocket and SPDY and asks ApiServer::pods() for the rest.
struct Upgrade {
  enum class Kind { exec, attach, port_forward };
  Kind kind = Kind::exec;
  std::string ns;
  std::string pod;
  std::string container;
  std::vector<std::string> command;
  std::vector<int> ports;
  bool in = false, out = false, error = false, tty = false;
};

/// One answer. Either `body`, or `stream`, or (status 101) `upgrade`.
struct ApiResponse {
  int status = 200;
  std::string content_type = "application/json";
  /// Any case; Content-Type, Content-Length and Date are not among them.
  std::multimap<std::string, std::string> headers{};
  std::string body{};
  std::shared_ptr<EventStream> stream{};
  std::optional<Upgrade> upgrade{};
};

}  // namespace mesh::simulator
