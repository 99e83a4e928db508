#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// HTTP/1 as a program in a pod hears it on one connection.
class PodHttp {
 public:
  struct Heard {
    ApiRequest request;
    /// Path and query.
    std::string target;
    /// The client goes on after the answer.
    bool keep = false;
  };
  /// Of what has come and not been asked for.
  static constexpr std::size_t most_waiting = 2U << 20U;

  PodHttp();
  ~PodHttp();
  PodHttp(const PodHttp&) = delete;
  PodHttp& operator=(const PodHttp&) = delete;

  /// False: too much waits.
  bool feed(std::string_view bytes);
  /// Nothing: more bytes are needed, or what came is no request.
  std::optional<Heard> next();
  bool malformed() const { return malformed_; }

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  std::string bytes_;
  bool malformed_ = false;
};

}  // namespace mesh::simulator
