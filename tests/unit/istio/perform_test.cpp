#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "engine/base/digest.h"
#include "providers/istio/desired/names.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string ns = "istio-system";

const ActionReport& report_of(const Report& report, const std::string& address) {
  for (const ActionReport& one : report.actions) {
    if (one.address.text == address) return one;
  }
  throw std::runtime_error("no report of " + address);
}

/// In these clusters no istiod runs that could say whether a peer is synced.
Diagnostics beside_sync(Diagnostics warnings) {
  std::erase_if(warnings, [](const Diagnostic& one) { return one.code == Code::incomplete; });
  return warnings;
}

struct Perform : ::testing::Test {
  Perform() : world(mesh_of({"a", "b"})) {}
  FakeServer& a() { return world.clients.at("a"); }
  FakeServer& b() { return world.clients.at("b"); }
  void set_up() {
    ASSERT_TRUE(succeeded(world.apply(world.plan())));
    a().calls.clear();
    b().calls.clear();
  }
  /// Somebody writes a status or a note of theirs that no plan looks at: only the version moves.
  void touch(const ObjectId& id) {
    a().cluster.update(id, "kube-controller-manager", [](json& body) { body["status"]["touched"] = true; });
  }
  void widen_autoscaler() { world.spec.clusters.at("a").gateway.replicas.max = 7; }
  const ObjectId scaler = istio::gateway_scaler_id(ns);
  const ObjectId secret = istio::remote_secret_id(ns, "cn-b");
  IstioWorld world;
};

TEST_F(Perform, an_update_in_the_common_case_is_one_request) {
  set_up();
  widen_autoscaler();
  const Plan plan = world.plan();
  a().calls.clear();
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_THAT(a().calls_with("Horizontal"),
              ElementsAre("apply HorizontalPodAutoscaler istio-system/istio-eastwestgateway"));
}

TEST_F(Perform, a_version_that_moved_without_content_is_no_obstacle) {
  set_up();
  widen_autoscaler();
  const Plan plan = world.plan();
  touch(scaler);
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_EQ(a().cluster.find(scaler)->body->at("spec")["maxReplicas"], 7);
}

TEST_F(Perform, ground_that_moved_is_refused_and_names_the_writer) {
  set_up();
  widen_autoscaler();
  const Plan plan = world.plan();
  a().cluster.update(scaler, "kubectl-edit", [](json& body) { body["spec"]["minReplicas"] = 1; });
  const Report report = world.apply(plan);
  const Diagnostic& why = report_of(report, "a/gateway").error.front();
  EXPECT_EQ(why.code, Code::ground_moved);
  EXPECT_EQ(why.where, "cluster a: HorizontalPodAutoscaler istio-system/istio-eastwestgateway");
  EXPECT_THAT(why.cause, HasSubstr("last written by"));
  EXPECT_EQ(a().cluster.find(scaler)->body->at("spec")["minReplicas"], 1);
}

TEST_F(Perform, an_object_made_anew_is_refused) {
  set_up();
  widen_autoscaler();
  const Plan plan = world.plan();
  a().cluster.remove(scaler);
  EXPECT_THAT(report_of(world.apply(plan), "a/gateway").error.front().cause, "it is gone");
  a().cluster.update(scaler, "kubectl", [](json&) {});
  EXPECT_THAT(report_of(world.apply(plan), "a/gateway").error.front().cause, HasSubstr("deleted and recreated"));
}

TEST_F(Perform, an_object_that_appeared_with_other_values_is_refused) {
  const Plan plan = world.plan();
  a().cluster.update(scaler, "kubectl", [](json& body) { body["spec"]["maxReplicas"] = 99; });
  const Report report = world.apply(plan);
  EXPECT_EQ(report_of(report, "a/gateway").error.front().code, Code::ground_moved);
  EXPECT_THAT(report_of(report, "a/gateway").error.front().cause, HasSubstr("it exists now"));
}

/// Somebody creates what the plan creates, between its last look and the write.
struct PerformBesideAnother : Perform {
  /// Applies the scaler as the plan has it, right before mesh does.
  void appears(const Plan& plan, const std::string& manager) {
    json body;
    for (const Action& action : plan.actions) {
      for (const ObjectChange& change : action.objects) {
        const auto* create = std::get_if<CreateObject>(&change.what);
        if (create != nullptr && change.id == scaler && action.cluster == "a") body = create->body;
      }
    }
    ASSERT_FALSE(body.is_null());
    a().fail = [this, body, manager](const std::string& call) -> std::optional<Diagnostic> {
      if (!call.starts_with("apply Horizontal") || a().cluster.find(scaler) != nullptr) return std::nullopt;
      EXPECT_TRUE(a().cluster.apply(scaler, body, manager));
      return std::nullopt;
    };
  }
};

TEST_F(PerformBesideAnother, an_object_that_appeared_with_equal_values_is_told) {
  const Plan plan = world.plan();
  appears(plan, "helm");
  const Report report = world.apply(plan);
  const ActionReport& gateway = report_of(report, "a/gateway");
  EXPECT_EQ(gateway.outcome, Outcome::done);
  ASSERT_THAT(gateway.warnings, SizeIs(1));
  EXPECT_EQ(gateway.warnings[0].severity, Severity::warning);
  EXPECT_EQ(gateway.warnings[0].code, Code::ground_moved);
  EXPECT_EQ(gateway.warnings[0].where, "cluster a: HorizontalPodAutoscaler istio-system/istio-eastwestgateway");
  EXPECT_THAT(gateway.warnings[0].cause, HasSubstr("also written by: helm (Apply) at "));
  EXPECT_THAT(report_of(report, "b/gateway").warnings, IsEmpty());
}

TEST_F(PerformBesideAnother, so_is_one_of_another_run) {
  const Plan plan = world.plan();
  appears(plan, "mesh.prod");
  const Report report = world.apply(plan);
  ASSERT_THAT(report_of(report, "a/gateway").warnings, SizeIs(1));
  EXPECT_THAT(report_of(report, "a/gateway").warnings[0].cause, HasSubstr("another run of mesh"));
}

TEST_F(PerformBesideAnother, so_is_one_that_was_there_when_an_answer_was_lost) {
  const Plan plan = world.plan();
  appears(plan, "helm");
  a().lose = [](const std::string& call) { return call.starts_with("apply Horizontal"); };
  EXPECT_THAT(report_of(world.apply(plan), "a/gateway").warnings, SizeIs(1));
}

TEST_F(Perform, what_was_created_by_an_apply_whose_answer_was_lost_is_nobody_elses) {
  a().lose = [](const std::string& call) { return call.starts_with("apply "); };
  const Report report = world.apply(world.plan());
  EXPECT_TRUE(succeeded(report));
  for (const ActionReport& one : report.actions) EXPECT_THAT(beside_sync(one.warnings), IsEmpty()) << one.address.text;
}

TEST_F(Perform, deletion_checks_the_ground_and_takes_absence_for_done) {
  set_up();
  const Plan plan = world.plan(Intent::destroy);
  a().cluster.update(scaler, "kubectl-edit", [](json& body) { body["spec"]["minReplicas"] = 1; });
  b().cluster.remove(scaler);
  const Report report = world.apply(plan);
  EXPECT_EQ(report_of(report, "a/gateway").error.front().code, Code::ground_moved);
  EXPECT_EQ(report_of(report, "b/gateway").outcome, Outcome::done);
}

/// Between the look at an object and its removal.
void before_removal(FakeServer& server, const ObjectId& id, const std::function<void()>& happens) {
  server.fail = [call = "remove " + to_string(id), happens, done = false](const std::string& made) mutable {
    if (made == call && !std::exchange(done, true)) happens();
    return std::optional<Diagnostic>();
  };
}

TEST_F(Perform, what_changes_right_before_its_removal_is_seen) {
  set_up();
  const Plan plan = world.plan(Intent::destroy);
  before_removal(a(), scaler, [&] {
    a().cluster.update(scaler, "kubectl-edit", [](json& body) { body["spec"]["minReplicas"] = 1; });
  });
  EXPECT_EQ(report_of(world.apply(plan), "a/gateway").error.front().code, Code::ground_moved);
  EXPECT_NE(a().cluster.find(scaler), nullptr);
}

TEST_F(Perform, a_version_that_moves_right_before_a_removal_is_no_obstacle) {
  set_up();
  const Plan plan = world.plan(Intent::destroy);
  before_removal(a(), scaler, [&] { touch(scaler); });
  EXPECT_EQ(report_of(world.apply(plan), "a/gateway").outcome, Outcome::done);
  EXPECT_EQ(a().cluster.find(scaler), nullptr);
}

TEST_F(Perform, remote_secret_holds_a_token_kubeconfig_and_the_report_a_fingerprint) {
  const Report report = world.apply(world.plan());
  const std::string kubeconfig = *base64_decode(a().cluster.find(secret)->body->at("data")["cn-b"].get<std::string>());
  EXPECT_THAT(kubeconfig, HasSubstr("server: https://b.example:6443\n"));
  EXPECT_THAT(kubeconfig, HasSubstr("token: token-of-b\n"));
  EXPECT_THAT(kubeconfig, HasSubstr(base64_encode(b().ca_pem)));
  const json& told = *report_of(report, "a/discovery/b").applied.at(secret);
  EXPECT_EQ(told["data"]["cn-b"], "sha256:" + sha256_hex(kubeconfig));
  EXPECT_EQ(told["metadata"]["annotations"][istio::token_uid_annotation],
            b().cluster.find(istio::token_secret_id(ns))->uid);
  for (const ActionReport& one : report.actions) {
    for (const auto& [id, body] : one.applied) EXPECT_EQ(body->dump().find("token-of-"), std::string::npos);
  }
  EXPECT_THAT(b().dialled_tokens, ElementsAre("token-of-b"));
}

TEST_F(Perform, peers_are_read_and_dialled_once_however_many_discover_them) {
  IstioWorld wide(mesh_of({"a", "b", "c", "d", "e"}));
  const Plan plan = wide.plan();
  for (const auto& [name, cluster] : wide.spec.clusters) wide.clients.at(name).calls.clear();
  EXPECT_TRUE(succeeded(wide.apply(plan)));
  const std::string read = "read " + to_string(istio::token_secret_id(ns));
  for (const auto& [name, cluster] : wide.spec.clusters) {
    EXPECT_THAT(wide.clients.at(name).calls_with("dial "), SizeIs(1)) << name;
    EXPECT_THAT(wide.clients.at(name).calls_with(read), SizeIs(1)) << name;
  }
}

TEST_F(Perform, a_peer_that_could_not_be_read_is_asked_once) {
  IstioWorld wide(mesh_of({"a", "b", "c", "d"}));
  const Plan plan = wide.plan();
  const std::string read = "read " + to_string(istio::token_secret_id(ns));
  FakeServer& peer = wide.clients.at("a");
  peer.calls.clear();
  peer.fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call == read) return Diagnostic{.code = Code::forbidden, .summary = "no"};
    return std::nullopt;
  };
  const Report report = wide.apply(plan);
  for (const char* caller : {"b", "c", "d"}) {
    EXPECT_EQ(report_of(report, fmt::format("{}/discovery/a", caller)).error.front().code, Code::forbidden);
  }
  EXPECT_THAT(peer.calls_with(read), SizeIs(1));
}

TEST_F(Perform, a_read_that_was_stopped_is_made_again) {
  IstioWorld wide(mesh_of({"a", "b", "c"}));
  wide.parallelism = 1;
  const Plan plan = wide.plan();
  const std::string read = "read " + to_string(istio::token_secret_id(ns));
  int stopped = 0;
  wide.clients.at("a").fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call != read || stopped++ > 0) return std::nullopt;
    return Diagnostic{.code = Code::cancelled, .summary = "stopped"};
  };
  const Report report = wide.apply(plan);
  const bool first = report_of(report, "b/discovery/a").outcome == Outcome::cancelled;
  EXPECT_EQ(report_of(report, first ? "c/discovery/a" : "b/discovery/a").outcome, Outcome::done);
}

TEST_F(Perform, a_token_that_was_made_anew_since_it_was_read_is_read_again) {
  set_up();
  a().cluster.remove(secret);
  // The provider that reads for this plan serves both applies.
  Plan plan = world.plan();
  ASSERT_TRUE(succeeded(world.apply(plan)));
  const ObjectId token = istio::token_secret_id(ns);
  b().cluster.remove(token);
  b().cluster.update(token, "kubectl", [](json& body) { body["data"] = {{"token", base64_encode("newer")}}; });
  a().cluster.remove(secret);
  for (Action& action : plan.actions) {
    for (ObjectChange& change : action.objects) {
      if (auto* create = std::get_if<CreateObject>(&change.what); create != nullptr && change.id == secret) {
        create->body["metadata"]["annotations"][istio::token_uid_annotation] = b().cluster.find(token)->uid;
      }
    }
  }
  EXPECT_TRUE(succeeded(world.apply(plan)));
  const std::string kubeconfig = *base64_decode(a().cluster.find(secret)->body->at("data")["cn-b"].get<std::string>());
  EXPECT_THAT(kubeconfig, HasSubstr("token: newer"));
}

struct Dial {
  const char* name;
  bool overridden;
  Code code;
  Outcome outcome;
};
class PerformDialling : public ::testing::TestWithParam<Dial> {};

TEST_P(PerformDialling, outcome) {
  Spec spec = mesh_of({"a", "b"});
  if (GetParam().overridden) spec.clusters.at("b").api_server = "https://public.example";
  IstioWorld world(spec);
  const Plan plan = world.plan();
  world.clients.at("b").fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call.starts_with("dial ")) return Diagnostic{.code = GetParam().code, .summary = "no"};
    return std::nullopt;
  };
  const Report report = world.apply(plan);
  const ActionReport& one = report_of(report, "a/discovery/b");
  EXPECT_EQ(one.outcome, GetParam().outcome);
  const Diagnostics said = one.outcome == Outcome::done ? beside_sync(one.warnings) : one.error;
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said.front().code, Code::dial_failed);
  EXPECT_EQ(said.front().severity, one.outcome == Outcome::done ? Severity::warning : Severity::error);
}

INSTANTIATE_TEST_SUITE_P(all, PerformDialling,
                         ::testing::Values(Dial{"own_unreachable", false, Code::unreachable, Outcome::failed},
                                           Dial{"other_unreachable", true, Code::unreachable, Outcome::done},
                                           Dial{"other_slow", true, Code::timed_out, Outcome::done},
                                           Dial{"other_tls", true, Code::tls_failed, Outcome::failed},
                                           Dial{"other_unauthorized", true, Code::unauthorized, Outcome::failed},
                                           Dial{"own_forbidden", false, Code::forbidden, Outcome::failed}),
                         [](const auto& one) { return one.param.name; });

TEST_F(Perform, rights_that_take_a_moment_are_waited_for) {
  const Plan plan = world.plan();
  int refusals = 3;
  b().fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call.starts_with("dial ") && refusals-- > 0) return Diagnostic{.code = Code::forbidden, .summary = "no"};
    return std::nullopt;
  };
  EXPECT_TRUE(succeeded(world.apply(plan)));
}

TEST_F(Perform, a_token_made_anew_since_the_plan_is_refused) {
  set_up();
  a().cluster.remove(secret);
  const Plan plan = world.plan();
  const ObjectId token = istio::token_secret_id(ns);
  b().cluster.remove(token);
  b().cluster.update(token, "kubectl", [](json& body) { body["data"] = {{"token", base64_encode("other")}}; });
  const Report report = world.apply(plan);
  EXPECT_EQ(report_of(report, "a/discovery/b").error.front().code, Code::ground_moved);
  EXPECT_EQ(report_of(report, "a/discovery/b").error.front().where,
            "cluster b: Secret istio-system/istio-reader-service-account-istio-remote-secret-token");
}

TEST_F(Perform, another_authority_since_the_plan_is_refused) {
  const Plan plan = world.plan();
  b().ca_pem = "another";
  EXPECT_EQ(report_of(world.apply(plan), "a/discovery/b").error.front().code, Code::ground_moved);
}

TEST_F(Perform, without_verification_the_authority_comes_from_the_cluster) {
  b().insecure = true;
  EXPECT_TRUE(succeeded(world.apply(world.plan())));
  const std::string kubeconfig = *base64_decode(a().cluster.find(secret)->body->at("data")["cn-b"].get<std::string>());
  EXPECT_THAT(kubeconfig, HasSubstr(base64_encode("ca-of-cluster")));
}

TEST_F(Perform, a_gateway_without_an_address_fails_with_its_last_words) {
  a().controllers = b().controllers = false;
  const Report report = world.apply(world.plan());
  EXPECT_EQ(report_of(report, "a/gateway").outcome, Outcome::failed);
  EXPECT_EQ(report_of(report, "a/gateway").error.front().code, Code::not_ready);
  EXPECT_EQ(report_of(report, "a/expose").outcome, Outcome::skipped);
  // The next plan waits for it before it goes on.
  a().controllers = b().controllers = true;
  EXPECT_EQ(report_of(world.apply(world.plan()), "a/gateway").outcome, Outcome::failed);
  for (FakeServer* server : {&a(), &b()}) {
    server->cluster.update(istio::gateway_deployment_id(ns), "kube-controller-manager", [](json& body) {
      const json& pods = body["spec"]["replicas"];
      body["status"] = {{"replicas", pods}, {"updatedReplicas", pods}, {"availableReplicas", pods}};
    });
    server->cluster.update(istio::gateway_service_id(ns), "cloud", [](json& body) {
      body["status"]["loadBalancer"]["ingress"] = json::array({json{{"hostname", "x.elb.example"}}});
    });
    server->cluster.update(istio::token_secret_id(ns), "kube-controller-manager", [](json& body) {
      body["data"] = {{"token", base64_encode("t")}};
    });
  }
  EXPECT_TRUE(succeeded(world.apply(world.plan())));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(Perform, a_rollout_that_its_controller_gave_up_is_not_waited_for) {
  set_up();
  widen_autoscaler();
  a().controllers = false;
  a().waits_block = true;
  a().cluster.update(istio::gateway_deployment_id(ns), "kube-controller-manager", [](json& body) {
    body["status"]["updatedReplicas"] = 1;
    body["status"]["replicas"] = 3;
    body["status"]["conditions"] = json::array({json{{"type", "Progressing"},
                                                     {"status", "False"},
                                                     {"reason", "ProgressDeadlineExceeded"},
                                                     {"message", "it timed out"}}});
  });
  const Report report = world.apply(world.plan());
  EXPECT_EQ(report_of(report, "a/gateway").outcome, Outcome::failed);
  const Diagnostic& why = report_of(report, "a/gateway").error.front();
  EXPECT_EQ(why.code, Code::not_ready);
  EXPECT_THAT(why.cause, HasSubstr("ProgressDeadlineExceeded: it timed out"));
}

TEST_F(Perform, a_foreign_key_is_removed) {
  set_up();
  a().cluster.update(secret, "kubectl-edit", [](json& body) { body["data"]["intruder"] = "eA=="; });
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ElementsAre("a/discovery/b update"));
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_FALSE(a().cluster.find(secret)->body->at("data").contains("intruder"));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

/// The role of the binding cannot be changed, so the plan deletes and creates it.
struct PerformReplacement : Perform {
  Plan replacing() {
    set_up();
    a().cluster.update(binding, "kubectl-edit", [](json& body) { body["roleRef"]["name"] = "view"; });
    const Plan plan = world.plan();
    EXPECT_THAT(lines_of(plan), ElementsAre("a/reader replace"));
    a().calls.clear();
    return plan;
  }
  std::string role() {
    const Object* now = a().cluster.find(binding);
    return now == nullptr ? "gone" : (*now->body)["roleRef"]["name"].get<std::string>();
  }
  const ObjectId binding = istio::reader_binding_id(ns);
};

TEST_F(PerformReplacement, is_finished_though_a_stop_came_after_the_deletion_was_accepted) {
  const Plan plan = replacing();
  a().lingers.insert(binding);
  std::stop_source stop;
  before_removal(a(), binding, [&] { stop.request_stop(); });
  const Report report = world.apply(plan, stop.get_token());
  EXPECT_NE(role(), "view");
  EXPECT_NE(role(), "gone");
  EXPECT_THAT(report_of(report, "a/reader").applied.at(binding), ::testing::Ne(std::nullopt));
}

TEST_F(PerformReplacement, is_not_begun_where_the_deletion_was_not_accepted) {
  const Plan plan = replacing();
  a().fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (!call.starts_with("remove ")) return std::nullopt;
    return Diagnostic{.code = Code::cancelled, .summary = "stopped"};
  };
  EXPECT_EQ(report_of(world.apply(plan), "a/reader").outcome, Outcome::cancelled);
  EXPECT_EQ(role(), "view");
}

TEST_F(PerformReplacement, of_which_the_second_half_failed_is_reported_as_gone) {
  const Plan plan = replacing();
  a().fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call != "apply " + to_string(binding)) return std::nullopt;
    return Diagnostic{.code = Code::server_error, .summary = "the API server failed", .cause = "no etcd"};
  };
  const Report report = world.apply(plan);
  EXPECT_EQ(report_of(report, "a/reader").applied.at(binding), std::nullopt);
  EXPECT_THAT(report_of(report, "a/reader").error[0].cause, HasSubstr("deleted for its replacement"));
}

TEST_F(Perform, what_another_client_writes_between_the_two_halves_of_an_update_is_not_overwritten) {
  set_up();
  a().cluster.update(secret, "kubectl-edit", [](json& body) { body["data"]["intruder"] = "eA=="; });
  const Plan plan = world.plan();
  a().fail = [&, done = false](const std::string& call) mutable -> std::optional<Diagnostic> {
    if (call.starts_with("apply Secret") && !std::exchange(done, true)) {
      a().cluster.update(secret, "kubectl-edit", [](json& body) { body["metadata"]["labels"]["theirs"] = "yes"; });
    }
    return std::nullopt;
  };
  EXPECT_EQ(report_of(world.apply(plan), "a/discovery/b").error.front().code, Code::ground_moved);
}

TEST_F(Perform, a_cluster_that_nobody_knows_is_an_error) {
  world.look();
  const Plan plan{.mesh = "prod",
                  .actions = {{.address = {"x/network"},
                               .cluster = "x",
                               .operation = Operation::update,
                               .objects = {{.id = istio::namespace_id(ns), .what = UpdateObject{}}}}}};
  EXPECT_EQ(report_of(world.apply(plan), "x/network").error.front().code, Code::plan_invalid);
}

}  // namespace
}  // namespace mesh::testing
