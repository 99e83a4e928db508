#include "tests/support/istio_world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/apply/apply_plan.h"
#include "engine/plan/make_plan.h"
#include "engine/refresh/refresh.h"
#include "providers/istio/desired/desired_builder.h"
#include "providers/istio/istio_provider.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "providers/platform/platforms.h"

namespace mesh::testing {

Spec mesh_of(const std::vector<std::string>& clusters, const std::string& platform) {
  Spec spec;
  spec.mesh.name = "prod";
  spec.mesh.id = "proj-1";
  spec.mesh.revision = "asm-1233-2";
  spec.digest = "digest";
  for (const std::string& name : clusters) {
    ClusterSpec cluster{.name = name, .id = "cn-" + name, .platform = platform, .network = "net-" + name};
    for (const std::string& peer : clusters) {
      if (peer != name) cluster.peers.push_back(peer);
    }
    spec.clusters.emplace(name, std::move(cluster));
  }
  return spec;
}

IstioWorld::IstioWorld(Spec desired_spec) : spec(std::move(desired_spec)) {
  for (const auto& [name, cluster] : spec.clusters) {
    clients.add(name, kubernetes::field_schemas()).install_istiod("asm-1233-2", cluster.id);
  }
}

LiveState IstioWorld::look(std::map<std::string, CheckReading>* checks) {
  std::map<std::string, ClusterSpec> clusters = spec.clusters;
  clusters.insert(removed.begin(), removed.end());
  provider = istio::make_provider(spec.mesh, clusters, clients, clock);
  return refresh(clusters, *provider, clock, {.parallelism = 4}, {}, {}, checks);
}

DesiredState IstioWorld::want(const LiveState& live, Intent intent,
                              const std::map<std::string, ClusterSnapshot>& recorded) const {
  return istio::desired(spec, platform::all(), live, removed, intent, recorded);
}

Plan IstioWorld::plan(Intent intent) {
  const LiveState live = look();
  const DesiredState desired = want(live, intent);
  auto plan = make_plan({.mesh = spec.mesh.name,
                         .spec_digest = spec.digest,
                         .intent = intent,
                         .desired = desired,
                         .live = live,
                         .schemas = kubernetes::field_schemas()});
  EXPECT_TRUE(plan) << (plan ? "" : plan.error().front().cause);
  return plan ? std::move(*plan) : Plan{};
}

Report IstioWorld::apply(const Plan& plan, std::stop_token stop) {
  return apply_plan(plan, *provider, progress, clock, {.parallelism = parallelism, .per_cluster = 4}, std::move(stop));
}

std::vector<std::string> lines_of(const Plan& plan) {
  std::vector<std::string> lines;
  for (const Action& action : plan.actions) {
    if (action.operation == Operation::unchanged) continue;
    lines.push_back(fmt::format("{} {}", action.address.text, to_string(action.operation)));
  }
  return lines;
}

std::vector<std::string> lines_of(const Report& report) {
  std::vector<std::string> lines;
  for (const ActionReport& action : report.actions) {
    lines.push_back(fmt::format("{} {}", action.address.text, to_string(action.outcome)));
  }
  return lines;
}

const DesiredAction* find_action(const DesiredState& desired, const std::string& address) {
  for (const DesiredAction& action : desired.actions) {
    if (action.address.text == address) return &action;
  }
  return nullptr;
}

const DesiredObject* find_object(const DesiredState& desired, const std::string& address, const std::string& kind) {
  const DesiredAction* action = find_action(desired, address);
  if (action == nullptr) return nullptr;
  for (const DesiredObject& object : action->objects) {
    if (object.id.kind == kind) return &object;
  }
  return nullptr;
}

}  // namespace mesh::testing
