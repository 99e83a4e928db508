#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "providers/simulator/istio/traffic/worlds.h"

namespace mesh::simulator::world {

/// Where a connection to an address arrives.
struct Arrival {
  /// Null: nobody listens there.
  const ClusterWorld* world = nullptr;
  ObjectPtr service = {};
  /// The declared port that takes it; null when the Service has no such port.
  const nlohmann::json* port = nullptr;
};

/// Who listens where in all the worlds: load balancers, external IPs and nodes. Lives as long as the worlds do.
class AddressBook {
 public:
  explicit AddressBook(const Worlds& worlds);

  /// The addresses of a load balancer's host name; none when no cluster's cloud has given it out.
  std::vector<std::string> resolve(const std::string& hostname) const;
  Arrival arrival(const std::string& address, int port) const;

 private:
  void add_service(const ClusterWorld& world, const ObjectPtr& service);

  std::map<std::string, std::vector<std::string>> names_;
  std::map<std::string, std::vector<std::pair<const ClusterWorld*, ObjectPtr>>> listeners_;
  /// Node addresses.
  std::map<std::string, std::vector<const ClusterWorld*>> nodes_;
};

/// Whether an IPv4 address lies in "10.0.0.0/8"; false for anything malformed.
bool in_range(const std::string& address, const std::string& range);

}  // namespace mesh::simulator::world
