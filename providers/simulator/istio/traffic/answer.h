#pragma once

#include <cstdint>
#include <string>

#include "providers/simulator/istio/traffic/traffic_model.h"

namespace mesh::simulator {

/// What a request over HTTP gave.
struct HttpOutcome {
  /// 0: no answer; then `error` is set.
  int status = 0;
  std::string body = {};
  /// As curl says it, with its exit code: "curl: (6) Could not resolve host: helloworld.sample".
  int exit_code = 0;
  std::string error = {};
  /// Who answered.
  std::string cluster = {}, pod = {};
  /// Which link broke, when nobody did.
  Verdict verdict = {};
};

struct HttpRequest {
  /// As in the URL: "helloworld.sample", with or without svc and the domain, or an address.
  std::string host = {};
  int port = 80;
  std::string path = "/";
};

/// The n-th request of a caller. Its proxy chooses among all endpoints that it has, tries two others when one cannot be
/// reached, and answers 503 itself when none can. The same n gives the same answer; in any row of as many requests as
/// there are endpoints each is chosen once first.
HttpOutcome answer(const TrafficModel& model, const Caller& caller, const HttpRequest& request, std::uint64_t n);

}  // namespace mesh::simulator
