#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "providers/kubernetes/transport/http.h"

// Private to transport.cpp.
namespace mesh::kubernetes {

struct Transfer;

/// One gate per endpoint: until its first connection stands, one request goes ahead and the others wait, so that they
/// all share that connection. (libcurl's own way, CURLOPT_PIPEWAIT, keeps one queue for all hosts and wakes one request
/// at a time: requests to a server that does not answer would hold up those to all others.) The loop's thread alone
/// calls it.
class ConnectionGates {
 public:
  using Transfers = std::vector<std::shared_ptr<Transfer>>;

  /// True: start it now. False: it is held and comes back from one of the calls below.
  bool admit(const std::shared_ptr<Transfer>& transfer);

  /// Those whose connection stands by now.
  Transfers released();

  /// Has to be told of every transfer that ended, whatever way. Those that waited behind one that never got a
  /// connection: what failed for it would fail for them.
  Transfers ended(const Transfer& transfer);

  /// Takes a held one away; false: it is not held.
  bool forget(const Transfer& transfer);

  /// Takes away those that have waited for all of their time.
  Transfers overdue(std::chrono::steady_clock::time_point now);

  /// When the next of the held ones will have; nothing: none is held.
  std::optional<std::chrono::steady_clock::time_point> next_overdue() const;

  /// Everything that is held.
  Transfers all();

 private:
  struct Gate {
    const Transfer* first = nullptr;
    bool open = false;
    Transfers waiting;
  };

  /// Equal endpoints are one: what goes to them shares a connection.
  struct ByValue {
    bool operator()(const std::shared_ptr<const Endpoint>& left, const std::shared_ptr<const Endpoint>& right) const {
      return left != right && *left < *right;
    }
  };

  std::map<std::shared_ptr<const Endpoint>, Gate, ByValue> gates_;
  /// ConnectionGates whose first transfer is under way.
  std::vector<Gate*> opening_;
};

}  // namespace mesh::kubernetes
