#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mesh::simulator {

/// What can go wrong with a simulated cluster.
enum class FaultKind {
  down,                    // the connection is closed as soon as a request has come
  silent,                  // the connection stays open, and nothing comes any more
  slow,                    // the request waits for `delay` before it is looked at
  cut,                     // the connection is reset amid the answer
  truncate,                // the answer's body is shorter than announced
  too_many_requests,       // 429 with Retry-After
  error_500,               // 500 InternalError
  error_503,               // 503 ServiceUnavailable
  unauthorized,            // 401, as after the end of a token
  forbidden,               // 403, as RBAC words it
  admission,               // a write is denied by an admission webhook
  conflict,                // another writer changes the object just before the write
  no_load_balancer,        // a Service of type LoadBalancer gets no address
  istiod_ignores_secret,   // istiod does not see that a remote Secret came or changed
  pods_not_ready,          // pods run but do not become ready
  load_balancer_slow,      // a Service of type LoadBalancer gets its address only after `delay`
  load_balancer_ip,        // it gets an IP address, whatever the platform gives
  load_balancer_hostname,  // it gets a host name
  front,  // what answers at the API server's address has a certificate of another authority than the cluster's own
  proxy,  // istiods of other clusters reach the API server only with a `proxy-url` in their Secret
  not_injected,              // no webhook of the injector takes new pods
  injection_fails,           // the injector's webhook does not answer, so that the pods it would take are refused
  injected_without_network,  // the injector does not know its cluster's network
};

/// The words of the kinds, in the order of the enumeration.
const std::vector<std::string>& fault_words();
const std::string& to_string(FaultKind kind);

/// Whether the glob covers the whole text, as fnmatch(3) has it.
bool covers(const std::string& glob, const std::string& text);

/// One thing that goes wrong. Texts that choose requests are globs: `*`, `?` and `[abc]`.
///
/// A silent request is not carried out, and not answered either when the fault ends. A fault of that kind without skip,
/// count and probability silences also the matching answers and watches that are under way when it begins: what has not
/// been sent of them is never sent. Other requests of the connection are answered.
struct Fault {
  /// Given by the set when empty: `f1`, `f2`, …
  std::string id = {};
  FaultKind kind = FaultKind::slow;
  std::string cluster = "*";
  /// Of RequestFacts. For the kinds from no_load_balancer on, which strike no requests, only ns and name are
  /// asked, for those of load_balancer_, front and proxy the cluster alone.
  std::string verb = "*";
  std::string resource = "*";
  std::string ns = "*";
  std::string name = "*";
  std::string user_agent = "*";
  /// slow, load_balancer_slow: how long. too_many_requests: what Retry-After says, in whole seconds.
  std::chrono::milliseconds delay{1000};
  double probability = 1;
  /// How many requests that it matches it lets pass first, and how many it strikes then; of each cluster.
  std::uint64_t skip = 0;
  std::optional<std::uint64_t> count = std::nullopt;
  /// When it begins and how long it lasts, counted from when it was added.
  std::chrono::milliseconds after{0};
  std::optional<std::chrono::milliseconds> lasts = std::nullopt;
  /// admission: what the webhook says. forbidden: appended to RBAC's words.
  std::string message = {};

  bool operator==(const Fault&) const = default;
  /// Whether it strikes requests, or what is behind the API.
  bool of_requests() const { return kind < FaultKind::no_load_balancer; }
  /// Whether each request that it matches is struck.
  bool strikes_all() const { return probability >= 1 && skip == 0 && !count; }
};

}  // namespace mesh::simulator
