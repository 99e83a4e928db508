#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "providers/simulator/simulator.h"

namespace mesh::simulator {

/// A working mesh of clusters a, b, c, … written down as objects, each on a network of its own, with HelloWorld and
/// Sleep in every cluster. Tests break one thing of it.
class Bed {
 public:
  explicit Bed(const std::vector<std::string>& names = {"a", "b", "c"});

  /// The objects of a cluster; changes show in worlds().
  ObjectSet& objects(const std::string& name) { return *clusters_.at(name); }
  InstallSettings& settings(const std::string& name) { return settings_.at(name); }
  /// Writes the installation anew from settings().
  void reinstall(const std::string& name);
  /// Changes one object.
  template <class Edit>
  void edit(const std::string& cluster, const ResourceName& resource, const std::string& ns, const std::string& name,
            Edit edit) {
    nlohmann::json object = *objects(cluster).get(resource, ns, name);
    edit(object);
    objects(cluster).put(std::move(object));
  }
  /// A pod of a Deployment, its slices and all.
  void add_pod(const std::string& cluster, const std::string& ns, const std::string& name, nlohmann::json labels,
               const std::string& image, int port, const std::string& service, bool sidecar);

  std::string server(const std::string& name) const { return "https://" + name + ".example:6443"; }
  nlohmann::json remote_secret(const std::string& peer) const;
  std::string kubeconfig(const std::string& server, const std::string& token) const;

  /// What the API servers say: by "CALLER PEER" or "* PEER"; ok where nothing is said.
  std::map<std::string, ApiProbe::Answer> api;
  std::map<std::string, std::string> underlay;

  SimulatedClusters clusters() const;
  /// The Sleep pod of a cluster, as one that calls.
  Caller sleep_in(const std::string& cluster) const;
  /// "a>b" of every broken path to HelloWorld, with its link: "a>b roots".
  std::set<std::string> broken() const;
  Verdict verdict(const std::string& from, const std::string& to) const;

 private:
  void build(const std::string& name, int number);
  void add_gateway(const std::string& name, int number);

  std::vector<std::string> names_;
  SigningAuthority root_;
  std::map<std::string, InstallSettings> settings_;
  std::map<std::string, std::shared_ptr<ObjectSet>> clusters_;
};

}  // namespace mesh::simulator
