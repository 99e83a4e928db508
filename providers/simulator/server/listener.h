#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "providers/simulator/istio/install/authority.h"
#include "providers/simulator/server/request_handler.h"

namespace mesh::simulator {

struct ListenSettings {
  std::string address = "127.0.0.1";
  /// 0: one that is free.
  std::uint16_t port = 0;
  int io_threads = 2;
  /// Threads that make answers.
  int workers = 2;
  /// Of a request's body, as the API server limits it.
  std::size_t largest_body = 3U << 20U;
  /// Off: clients hear of HTTP/1.1 only.
  bool http2 = true;
};

/// Serves a site over TLS: HTTP/2, where many requests of a connection are answered at once, and HTTP/1.1, where they
/// are answered one after another. A connection that waits or streams costs no thread.
class Listener {
 public:
  /// Serves when this returns. `handler` and `clock` outlive the listener. Errors:
  /// usage when the address cannot be listened on.
  static Result<std::unique_ptr<Listener>> start(const ListenSettings& settings, const KeyPair& identity,
                                                 RequestHandler& handler, Clock& clock);
  /// Ends streams, lets running answers finish for a moment, closes everything.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;

 private:
  class Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::simulator
