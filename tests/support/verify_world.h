#pragma once

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/fake_client.h"

namespace mesh::testing {

/// Kubelets and traffic for `mesh verify`: pods come with the Deployments of its namespace, whose name begins with
/// `ns`, and go with it, and curl in Sleep is answered in turn by the clusters that the caller's one hears.
class VerifyWorld {
 public:
  VerifyWorld(FakeClients& servers, const std::vector<std::string>& clusters, std::string ns)
      : servers_(servers), ns_(std::move(ns)) {
    for (const std::string& name : clusters) {
      hears[name] = {clusters.begin(), clusters.end()};
      connect(name);
    }
  }
  VerifyWorld(const VerifyWorld&) = delete;
  VerifyWorld& operator=(const VerifyWorld&) = delete;

  const Object* find_namespace(const std::string& cluster) const {
    return servers_.at(cluster).cluster.find({"v1", "Namespace", "", ns_});
  }

  /// Who answers the calls from a cluster; nobody: curl fails.
  std::map<std::string, std::set<std::string>> hears;
  /// What a command in the istiod and in the sidecar of a cluster prints; absent: the command is not there.
  std::map<std::string, std::string> shards;
  std::map<std::string, std::string> proxy_clusters;
  bool injected = true;
  /// Asked before each call of a Client, beside what this does itself.
  std::function<std::optional<Diagnostic>(const std::string& cluster, const std::string& call)> fail;

 private:
  void connect(const std::string& name) {
    FakeServer& server = servers_.at(name);
    server.fail = [this, &server](const std::string& call) {
      follow(server, call);
      return fail ? fail(server.name, call) : std::nullopt;
    };
    server.exec = [this, &server](const kubernetes::ExecRequest& exec) { return run(server, exec); };
    server.cluster.update({"v1", "Pod", "istio-system", "istiod-1"}, "kubelet", [](nlohmann::json& body) {
      body["metadata"]["labels"] = {{"app", "istiod"}};
      body["status"]["phase"] = "Running";
    });
  }

  void follow(FakeServer& server, const std::string& call) {
    const std::string apply = "apply Deployment ";
    const std::string remove = "remove Namespace ";
    for (const char* app : {"helloworld", "sleep"}) {
      const auto pod_in = [&](const std::string& ns) {
        return ObjectId{"v1", "Pod", ns, fmt::format("{}-{}", app, server.name)};
      };
      const auto end = call.find(std::string("/") + app);
      if (call.starts_with(apply + ns_) && end != std::string::npos) {
        const ObjectId pod = pod_in(call.substr(apply.size(), end - apply.size()));
        server.cluster.update(pod, "kubelet", [&](nlohmann::json& body) { fill(body, app, server.name); });
      }
      if (call.starts_with(remove + ns_)) server.cluster.remove(pod_in(call.substr(remove.size())));
    }
  }

  void fill(nlohmann::json& body, const std::string& app, const std::string& cluster) const {
    body["metadata"]["labels"] = {{"app", app}};
    body["spec"]["containers"] = nlohmann::json::array({nlohmann::json{{"name", app}}});
    if (injected) body["spec"]["containers"].push_back(nlohmann::json{{"name", "istio-proxy"}});
    body["status"]["podIP"] = fmt::format("10.0.0.{}", cluster.back());
  }

  Result<kubernetes::ExecAnswer> run(FakeServer& server, const kubernetes::ExecRequest& exec) {
    if (exec.command.front() == "curl") return call_from(server.name);
    const auto& pages = exec.container == "discovery" ? shards : proxy_clusters;
    const auto page = pages.find(server.name);
    if (page == pages.end()) return kubernetes::ExecAnswer{.err = "not found", .exit_code = 127};
    return kubernetes::ExecAnswer{.out = page->second};
  }

  kubernetes::ExecAnswer call_from(const std::string& from) {
    const auto& heard = hears.at(from);
    if (heard.empty()) return {.err = "curl: (7) refused", .exit_code = 7};
    auto turn = heard.begin();
    const std::lock_guard lock(mutex_);
    std::advance(turn, static_cast<std::ptrdiff_t>(calls_[from]++ % heard.size()));
    return {.out = fmt::format("Hello version: v1, instance: helloworld-{}\n", *turn)};
  }

  FakeClients& servers_;
  const std::string ns_;
  std::mutex mutex_;
  /// Of each caller: callers are asked at the same time.
  std::map<std::string, std::size_t> calls_;
};

}  // namespace mesh::testing
