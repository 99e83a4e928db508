#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "providers/simulator/istio/traffic/simulated_clusters.h"

namespace mesh::simulator {

/// Where a connection to an address arrives.
struct Destination {
  /// Null: nobody listens there.
  const SimulatedCluster* world = nullptr;
  ObjectPtr service = {};
  /// The declared port that takes it; null when the Service has no such port.
  const nlohmann::json* port = nullptr;
};

/// Who listens where in all the worlds: load balancers, external IPs and nodes. Lives as long as the worlds do.
class AddressBook {
 public:
  explicit AddressBook(const SimulatedClusters& clusters);

  /// The addresses of a load balancer's host name; none when no cluster's cloud has given it out.
  std::vector<std::string> resolve(const std::string& hostname) const;
  Destination destination(const std::string& address, int port) const;

 private:
  void add_service(const SimulatedCluster& world, const ObjectPtr& service);

  std::map<std::string, std::vector<std::string>> names_;
  std::map<std::string, std::vector<std::pair<const SimulatedCluster*, ObjectPtr>>> listeners_;
  /// Node addresses.
  std::map<std::string, std::vector<const SimulatedCluster*>> nodes_;
};

/// Whether an IPv4 address lies in "10.0.0.0/8"; false for anything malformed.
bool in_range(const std::string& address, const std::string& range);

}  // namespace mesh::simulator
