#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>

#include "providers/istio/desired/names.h"
#include "providers/platform/platforms.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string told(const Report& report) {
  std::string text;
  for (const ActionReport& action : report.actions) {
    for (const Diagnostic& why : action.error)
      text += action.address.text + ": " + why.summary + ": " + why.cause + "\n";
  }
  return text;
}

class Presets : public ::testing::TestWithParam<std::string> {};

TEST_P(Presets, apply_then_plan_is_empty_and_destroy_leaves_nothing) {
  IstioWorld world(mesh_of({"a", "b", "c"}, GetParam()));
  const Plan first = world.plan();
  ASSERT_FALSE(has_errors(first.diagnostics)) << first.diagnostics.front().summary << first.diagnostics.front().cause;
  EXPECT_THAT(lines_of(first), SizeIs(3 * 4 + 6));
  const Report report = world.apply(first);
  EXPECT_TRUE(succeeded(report)) << told(report);
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
  const Report gone = world.apply(world.plan(Intent::destroy));
  EXPECT_TRUE(succeeded(gone)) << told(gone);
  for (const auto& [name, cluster] : world.spec.clusters) {
    for (const auto& [id, object] : world.clients.at(name).cluster.read({}).found) {
      EXPECT_FALSE(created_by_mesh(object, "prod")) << name << " " << to_string(id);
    }
  }
  EXPECT_THAT(lines_of(world.plan(Intent::destroy)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(all, Presets,
                         ::testing::Values("gke-vmware", "gdc-bare-metal", "gke-azure", "gke-aws", "eks", "aks",
                                           "kubernetes"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

/// Fails or stops at the nth write of all clusters, then goes on: the next plan and apply reach the goal.
enum class Fault { fails, throws, stops };
class EachStep : public ::testing::TestWithParam<Fault> {};

TEST_P(EachStep, next_apply_reaches_the_goal) {
  for (int step = 1;; ++step) {
    IstioWorld world(mesh_of({"a", "b"}));
    world.parallelism = 1;
    std::stop_source stop;
    std::atomic<int> writes{0};
    const auto fault = [&](const std::string& call) -> std::optional<Diagnostic> {
      if (!call.starts_with("apply ") && !call.starts_with("wait ") && !call.starts_with("dial ")) return std::nullopt;
      if (++writes != step) return std::nullopt;
      if (GetParam() == Fault::throws) throw std::runtime_error("out of order");
      if (GetParam() == Fault::stops) {
        stop.request_stop();
        return std::nullopt;
      }
      return Diagnostic{.code = Code::server_error, .summary = "server failed"};
    };
    const Plan plan = world.plan();
    for (const char* name : {"a", "b"}) world.clients.at(name).fail = fault;
    const Report report = world.apply(plan, stop.get_token());
    EXPECT_THAT(report.actions, SizeIs(plan.actions.size())) << step;
    if (writes < step) break;
    if (GetParam() != Fault::stops) {
      EXPECT_FALSE(succeeded(report)) << step;
    }
    for (const char* name : {"a", "b"}) world.clients.at(name).fail = nullptr;
    const Report again = world.apply(world.plan());
    EXPECT_TRUE(succeeded(again)) << step << told(again);
    EXPECT_THAT(lines_of(world.plan()), IsEmpty()) << step;
    ASSERT_LT(step, 100);
  }
}

INSTANTIATE_TEST_SUITE_P(all, EachStep, ::testing::Values(Fault::fails, Fault::throws, Fault::stops));

struct Change {
  const char* name;
  std::function<Plan(IstioWorld&)> plan;
};
class LostAnswer : public ::testing::TestWithParam<Change> {};

/// The nth write takes effect, but its answer is lost and it is sent again.
TEST_P(LostAnswer, counts_as_done) {
  for (int step = 1;; ++step) {
    IstioWorld world(mesh_of({"a", "b"}));
    world.parallelism = 1;
    const Plan plan = GetParam().plan(world);
    int writes = 0;
    std::string lost;
    for (const char* name : {"a", "b"}) {
      world.clients.at(name).lose = [&](const std::string& call) {
        if (++writes == step) lost = call;
        return writes == step;
      };
    }
    const Report report = world.apply(plan);
    EXPECT_TRUE(succeeded(report)) << lost << "\n" << told(report);
    if (writes < step) break;
    const bool gone = plan.intent == Intent::destroy;
    EXPECT_THAT(lines_of(world.plan(gone ? Intent::destroy : Intent::apply)), IsEmpty()) << lost;
    ASSERT_LT(step, 100);
  }
}

Plan first(IstioWorld& world) { return world.plan(); }

Plan after_first(IstioWorld& world, const std::function<void(IstioWorld&)>& then, Intent intent = Intent::apply) {
  EXPECT_TRUE(succeeded(world.apply(world.plan())));
  then(world);
  return world.plan(intent);
}

void change_spec(IstioWorld& world) {
  ClusterSpec& cluster = world.spec.clusters.at("a");
  cluster.network = "renamed";
  cluster.gateway.replicas.max += 2;
  cluster.api_server = "https://other.example:6443";
}

void meddle(IstioWorld& world) {
  FakeCluster& cluster = world.clients.at("a").cluster;
  cluster.update(istio::gateway_scaler_id("istio-system"), "kubectl-edit",
                 [](nlohmann::json& body) { body["spec"]["maxReplicas"] = 99; });
  cluster.update(istio::remote_secret_id("istio-system", "cn-b"), "kubectl-edit",
                 [](nlohmann::json& body) { body["data"]["intruder"] = "eA=="; });
}

INSTANTIATE_TEST_SUITE_P(
    all, LostAnswer,
    ::testing::Values(Change{"creates", first},
                      Change{"updates", [](IstioWorld& world) { return after_first(world, change_spec); }},
                      Change{"takes_over_and_evicts", [](IstioWorld& world) { return after_first(world, meddle); }},
                      Change{"removes",
                             [](IstioWorld& world) {
                               return after_first(
                                   world, [](IstioWorld&) {}, Intent::destroy);
                             }}),
    [](const auto& one) { return one.param.name; });

TEST(ApplyFault, a_retried_write_does_not_hide_what_somebody_else_changed) {
  IstioWorld world(mesh_of({"a", "b"}));
  const Plan plan = after_first(world, change_spec);
  FakeServer& server = world.clients.at("a");
  const ObjectId scaler = istio::gateway_scaler_id("istio-system");
  server.cluster.update(scaler, "kubectl-edit", [](nlohmann::json& body) { body["spec"].erase("metrics"); });
  server.lose = [](const std::string&) { return true; };
  const Report report = world.apply(plan);
  EXPECT_FALSE(succeeded(report));
  EXPECT_FALSE(server.cluster.find(scaler)->body->at("spec").contains("metrics"));
}

TEST(ApplyFault, failed_gateway_stops_only_what_needs_it) {
  IstioWorld world(mesh_of({"a", "b"}));
  const Plan plan = world.plan();
  world.clients.at("a").fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call.starts_with("apply Service istio-system")) return Diagnostic{.code = Code::forbidden, .summary = "no"};
    return std::nullopt;
  };
  const Report report = world.apply(plan);
  EXPECT_THAT(lines_of(report),
              ::testing::UnorderedElementsAre("a/network done", "a/reader done", "a/gateway failed", "a/expose skipped",
                                              "b/network done", "b/reader done", "b/gateway done", "b/expose done",
                                              "a/discovery/b done", "b/discovery/a skipped"));
}

TEST(ApplyFault, stop_ends_a_wait) {
  IstioWorld world(mesh_of({"a", "b"}));
  for (const char* name : {"a", "b"}) {
    world.clients.at(name).controllers = false;
    world.clients.at(name).waits_block = true;
  }
  const Plan plan = world.plan();
  std::stop_source stop;
  world.clients.at("a").fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call.starts_with("wait ")) stop.request_stop();
    return std::nullopt;
  };
  const Report report = world.apply(plan, stop.get_token());
  EXPECT_THAT(report.actions, SizeIs(10));
  for (const ActionReport& action : report.actions) EXPECT_NE(action.outcome, Outcome::failed) << told(report);
}

TEST(ApplyFault, unreachable_cluster_leaves_the_others_to_work) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.clients.at("b").fail = [](const std::string&) -> std::optional<Diagnostic> {
    return Diagnostic{.code = Code::unreachable, .summary = "no answer"};
  };
  const Plan plan = world.plan();
  EXPECT_FALSE(plan.complete);
  const Report report = world.apply(plan);
  EXPECT_THAT(lines_of(report),
              ::testing::UnorderedElementsAre("a/network done", "a/reader done", "a/gateway done", "a/expose done",
                                              "a/discovery/b skipped", "b/network skipped", "b/reader skipped",
                                              "b/gateway skipped", "b/expose skipped", "b/discovery/a skipped"));
}

}  // namespace
}  // namespace mesh::testing
