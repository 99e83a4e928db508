#include "tests/unit/simulator/live_bed.h"

#include <gtest/gtest.h>

#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

LiveBed::LiveBed(std::vector<std::string> names, Platform platform) {
  world_ = std::make_unique<SimulatedWorld>(clock_, 7, faults_);
  int number = 0;
  for (const std::string& name : names) {
    ApiServerSettings settings;
    settings.name = name;
    settings.clock = &clock_;
    settings.ca_pem = root_.certificate;
    settings.admin_token = "admin-" + name;
    apis_[name] = std::make_unique<ApiServer>(std::move(settings));
    world_->add(*apis_[name], {.name = name, .servers = {server(name)}, .platform = platform, .number = ++number});
  }
}

void LiveBed::pass(std::chrono::milliseconds span) {
  const TimePoint end = clock_.now() + span;
  while (true) {
    const auto next = world_->run_due();
    if (!next || *next > end) break;
    clock_.sleep_until(*next, {});
  }
  clock_.sleep_until(end, {});
  world_->run_due();
}

void LiveBed::install(const std::string& name, const std::string& revision) {
  const InstallSettings settings{.revision = revision,
                                 .cluster_id = "id-" + name,
                                 .mesh_id = "mesh1",
                                 .network = "net-" + name,
                                 .label_namespace = true,
                                 .ca = CertificateAuthority::istio_ca,
                                 .plugged = make_intermediate(root_, name),
                                 .version = "1.23.3"};
  ASSERT_EQ(install_istio(api(name), settings), "");
}

json LiveBed::apply(const std::string& name, const json& object) {
  const std::string path = path_of(object);
  const CallResult result = api(name).call("kubectl", "PATCH", path + "?fieldManager=kubectl&force=true", object,
                                           "application/apply-patch+yaml");
  EXPECT_TRUE(result.ok()) << path << ": " << result.body.dump();
  return result.body;
}

json LiveBed::get(const std::string& name, const std::string& path) {
  const CallResult result = api(name).call("kubectl", "GET", path);
  return result.ok() ? result.body : json();
}

std::vector<json> LiveBed::list(const std::string& name, const std::string& path) {
  const json found = get(name, path);
  return items(found, {"items"}).get<std::vector<json>>();
}

int LiveBed::remove(const std::string& name, const std::string& path) {
  return api(name).call("kubectl", "DELETE", path).status;
}

json load_balancer_service(const std::string& name, const std::string& ns) {
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"name", name}, {"namespace", ns}}},
          {"spec",
           {{"type", "LoadBalancer"},
            {"selector", {{"app", name}}},
            {"ports", json::array({{{"name", "http"}, {"port", 80}, {"protocol", "TCP"}, {"targetPort", 8080}}})}}}};
}

json plain_deployment(const std::string& name, const std::string& image, int replicas, const std::string& ns) {
  const json labels = {{"app", name}};
  json container = {
      {"name", "main"}, {"image", image}, {"ports", json::array({{{"containerPort", 8080}, {"protocol", "TCP"}}})}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", name}, {"namespace", ns}}},
          {"spec",
           {{"replicas", replicas},
            {"selector", {{"matchLabels", labels}}},
            {"template", {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", json::array({container})}}}}}}}};
}

}  // namespace mesh::simulator
