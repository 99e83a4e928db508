#include "providers/simulator/pods/pod_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>

#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"
#include "providers/simulator/pods/curl.h"
#include "providers/simulator/pods/debug_pages.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* plain_text = "text/plain; charset=utf-8";

bool is_istiod(const json& pod) { return label(pod, "app") == "istiod"; }

ExecResult not_found(const std::string& program) {
  return {
      .exit_code = 126,
      .out = {},
      .err = {},
      .failure = fmt::format("OCI runtime exec failed: exec failed: unable to start container process: exec: \"{}\": "
                             "executable file not found in $PATH: unknown",
                             program)};
}

std::string version_of(const json& pod) {
  for (const json& container : items(pod, {"spec", "containers"})) {
    const std::string image = text(container, {"image"});
    if (const auto colon = image.rfind(':'); colon != std::string::npos) return image.substr(colon + 1);
  }
  return "unknown";
}

/// The ports of istiod that speak HTTP.
bool serves_istiod(const json& pod, int port) {
  return is_istiod(pod) && is_running(pod) && (port == 15014 || port == 8080);
}

bool serves_hello(const json& pod, int port) {
  return is_running(pod) && program_at(pod, port).kind == Program::Kind::hello;
}

class Backend final : public PodBackend {
 public:
  Backend(std::string cluster, const ApiServer& api, std::function<SimulatedClusters()> clusters)
      : cluster_(std::move(cluster)), api_(api), clusters_(std::move(clusters)) {}

  ApiResponse log(const std::string& ns, const std::string& name,
                  const std::multimap<std::string, std::string>& query) override;
  ApiResponse proxy(const std::string& ns, const std::string& name, const std::string& port,
                    const std::string& path) override;
  ExecResult exec(const std::string& ns, const std::string& name, const std::string& container,
                  const std::vector<std::string>& command) override;

 private:
  json pod(const std::string& ns, const std::string& name) const {
    const StoredPtr found = api_.find("pods", ns, name);
    return found == nullptr ? json() : found->json();
  }
  /// Lines of the pod's program, oldest first.
  std::vector<std::string> lines_of(const json& pod, const std::string& container) const;
  ExecResult ask_istiod(const std::vector<std::string>& command) const;
  Page istiod_page(const json& pod, const std::string& path) const;
  std::uint64_t count_request(const std::string& caller);

  const std::string cluster_;
  const ApiServer& api_;
  const std::function<SimulatedClusters()> clusters_;
  std::mutex mutex_;
  /// Requests so far, by caller.
  std::map<std::string, std::uint64_t> requests_;
};

std::uint64_t Backend::count_request(const std::string& caller) {
  const std::lock_guard lock(mutex_);
  return requests_[caller]++;
}

std::vector<std::string> Backend::lines_of(const json& pod, const std::string& container) const {
  const std::string started = text(pod, {"status", "startTime"});
  const auto line = [&](const std::string& words) { return fmt::format("{}\tinfo\t{}", started, words); };
  if (is_istiod(pod)) {
    std::vector<std::string> lines = {line("FLAG: --monitoringAddr=\":15014\""),
                                      line("initializing Kubernetes client")};
    const SimulatedClusters now = clusters_();
    const TrafficModel model(now);
    if (const IstiodView* view = model.view(cluster_)) {
      for (const ServiceRegistry& registry : view->registries) {
        if (registry.secret.empty()) continue;
        lines.push_back(line(fmt::format("Adding cluster\tcluster={} secret={}", registry.id, registry.secret)));
        if (registry.status == SyncStatus::synced) continue;
        lines.push_back(fmt::format("{}\twarn\tcluster {} is {}: {}", started, registry.id, to_string(registry.status),
                                    registry.why));
      }
      for (const auto& [place, why] : view->memory.refused) {
        lines.push_back(fmt::format("{}\terror\tremote cluster of Secret {} is not added: {}", started, place, why));
      }
    }
    return lines;
  }
  if (container == "istio-proxy") return {line("Envoy proxy is ready")};
  if (program_at(pod, 5000).kind == Program::Kind::hello) return {" * Running on http://0.0.0.0:5000"};
  return {};
}

ApiResponse Backend::log(const std::string& ns, const std::string& name,
                         const std::multimap<std::string, std::string>& query) {
  const json found = pod(ns, name);
  const auto container = query.find("container");
  std::vector<std::string> lines = lines_of(found, container == query.end() ? "" : container->second);
  if (const auto tail = query.find("tailLines"); tail != query.end()) {
    std::size_t desired = lines.size();
    std::from_chars(tail->second.data(), tail->second.data() + tail->second.size(), desired);
    if (desired < lines.size()) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(desired));
  }
  ApiResponse response{.content_type = "text/plain"};
  for (const std::string& line : lines) response.body += line + "\n";
  return response;
}

Page Backend::istiod_page(const json& pod, const std::string& path) const {
  const std::string name = path.substr(0, path.find('?'));
  if (name == "/version") return {200, plain_text, fmt::format("{}-simulated-Clean", version_of(pod))};
  if (name == "/ready") return {200, plain_text, ""};
  const SimulatedClusters now = clusters_();
  const TrafficModel model(now);
  const IstiodView* view = model.view(cluster_);
  if (view == nullptr) return {503, plain_text, "istiod is not installed\n"};
  if (name == "/metrics") return {200, "text/plain; version=0.0.4; charset=utf-8", metrics(*view, version_of(pod))};
  // Who does not come from the pod itself needs a token of istiod's audience, which the API server does not pass on.
  if (name.starts_with("/debug")) return {401, plain_text, "Unauthorized\n"};
  return {404, plain_text, "404 page not found\n"};
}

ApiResponse Backend::proxy(const std::string& ns, const std::string& name, const std::string& port,
                           const std::string& path) {
  const json found = pod(ns, name);
  int number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  if (port == "http-monitoring") number = 15014;
  if (serves_istiod(found, number)) {
    Page page = istiod_page(found, path);
    return {.status = page.status, .content_type = page.content_type, .body = std::move(page.body)};
  }
  if (number == 0) number = 80;
  if (serves_hello(found, number)) {
    if (path.starts_with("/hello")) {
      return {.content_type = "text/html; charset=utf-8",
              .body = fmt::format("Hello version: {}, instance: {}\n", program_at(found, number).version, name)};
    }
    return {.status = 404, .content_type = "text/html; charset=utf-8", .body = "Not Found\n"};
  }
  return {.status = 503,
          .content_type = plain_text,
          .body = fmt::format("error trying to reach service: dial tcp {}:{}: connect: connection refused",
                              text(found, {"status", "podIP"}), number)};
}

ExecResult Backend::ask_istiod(const std::vector<std::string>& command) const {
  if (command.size() < 4 || command[1] != "request") {
    return {.exit_code = 1, .out = {}, .err = "Error: unknown command\n", .failure = {}};
  }
  const SimulatedClusters now = clusters_();
  const TrafficModel model(now);
  const IstiodView* view = model.view(cluster_);
  if (view == nullptr) return {.exit_code = 1, .out = {}, .err = "Error: istiod is not installed\n", .failure = {}};
  const Page page = debug_page(*view, command[3]);
  if (page.status == 200) return {.exit_code = 0, .out = page.body, .err = {}, .failure = {}};
  return {.exit_code = 1,
          .out = {},
          .err = fmt::format("Error: received unsuccessful status code {}: {}\n", page.status, page.body),
          .failure = {}};
}

ExecResult Backend::exec(const std::string& ns, const std::string& name, const std::string& container,
                         const std::vector<std::string>& command) {
  const json found = pod(ns, name);
  if (!is_running(found)) {
    return {.exit_code = 1, .out = {}, .err = {}, .failure = fmt::format("container not found (\"{}\")", container)};
  }
  if (command.empty()) return not_found("");
  const std::string program = command.front().substr(command.front().rfind('/') + 1);
  if (program == "pilot-discovery" && is_istiod(found)) return ask_istiod(command);
  if (program == "curl" && !is_istiod(found) && program_at(found, 5000).kind != Program::Kind::hello) {
    const SimulatedClusters now = clusters_();
    const TrafficModel model(now);
    const Caller caller{cluster_, ns, std::make_shared<const json>(found)};
    return run_curl(model, caller, command, count_request(ns + "/" + name));
  }
  if (program == "true" || program == "echo") {
    std::string out;
    for (std::size_t i = 1; i < command.size(); ++i) out += (i > 1 ? " " : "") + command[i];
    return {.exit_code = 0, .out = program == "echo" ? out + "\n" : "", .err = {}, .failure = {}};
  }
  return not_found(command.front());
}

}  // namespace

std::shared_ptr<PodBackend> make_pod_backend(const std::string& cluster, const ApiServer& api,
                                             std::function<SimulatedClusters()> clusters) {
  return std::make_shared<Backend>(cluster, api, std::move(clusters));
}

}  // namespace mesh::simulator
