#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "engine/codec/check_codec.h"
#include "engine/render/render_check.h"
#include "providers/istio/checks/remote_credentials.h"
#include "providers/istio/checks/run_checks.h"
#include "providers/istio/remote_kubeconfig.h"
#include "providers/platform/platforms.h"
#include "tests/support/istio_world.h"

namespace mesh::istio {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* ns = "istio-system";
constexpr const char* now = "2026-11-30T00:00:00Z";
constexpr long day = 24L * 3600;
/// 2026-11-30T00:00:00Z.
constexpr long now_seconds = 1795996800;

/// A token whose payload says when it ends, in base64 without padding as JWTs have it.
std::string jwt(long expires) {
  std::string claims = base64_encode(fmt::format(R"({{"exp":{},"sub":"reader"}})", expires));
  claims.erase(claims.find_last_not_of('=') + 1);
  return "eyJhbGciOiJSUzI1NiJ9." + claims + ".c2lnbmF0dXJl";
}

std::string kubeconfig_of(const std::string& token, const std::string& server = "https://b.example:6443") {
  return remote_kubeconfig({.cluster_id = "cn-b", .server = server, .ca_pem = "PEM", .token = token});
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

RemoteCredential judged(const std::string& kubeconfig) {
  Object secret{.id = {"v1", "Secret", ns, "s"}, .body = json{{"data", {{"cn-b", base64_encode(kubeconfig)}}}}};
  return judge_credentials({std::move(secret)}).at(0);
}

TEST(RemoteCredentials, a_legacy_token_says_nothing_of_its_end) {
  EXPECT_EQ(judged(kubeconfig_of("abc")), (RemoteCredential{.secret = "s", .key = "cn-b"}));
  EXPECT_EQ(judged(kubeconfig_of("a.b.c")), (RemoteCredential{.secret = "s", .key = "cn-b"}));
}

TEST(RemoteCredentials, a_jwt_tells_when_it_ends) {
  EXPECT_EQ(judged(kubeconfig_of(jwt(now_seconds))).expires, now);
  EXPECT_EQ(judged(kubeconfig_of(jwt(0))).expires, "");
  EXPECT_EQ(judged(kubeconfig_of(jwt(999999999999999L))).expires, "");
  EXPECT_EQ(judged(kubeconfig_of(jwt(253402300000L))).expires, "") << "of the year 9999, which no clock counts";
}

struct MalformedRow {
  const char* name;
  std::string kubeconfig;
  const char* why;
};
class RemoteCredentialsMalformed : public ::testing::TestWithParam<MalformedRow> {};
TEST_P(RemoteCredentialsMalformed, says_why) { EXPECT_EQ(judged(GetParam().kubeconfig).malformed, GetParam().why); }
INSTANTIATE_TEST_SUITE_P(
    all, RemoteCredentialsMalformed,
    ::testing::Values(
        MalformedRow{"empty", "", "it is empty, or not base64"}, MalformedRow{"not_yaml", "a: [", "it is not YAML"},
        MalformedRow{"other_kind", "kind: Secret", "fields of it are not of a kubeconfig"},
        MalformedRow{"a_word", "token-of-b", "fields of it are not of a kubeconfig"},
        MalformedRow{"no_context", replaced(kubeconfig_of("t"), "current-context: cn-b\n", ""),
                     "it names no current context"},
        MalformedRow{"other_context", replaced(kubeconfig_of("t"), "current-context: cn-b", "current-context: x"),
                     "its current context is not in it"},
        MalformedRow{"other_user", replaced(kubeconfig_of("t"), "user: cn-b", "user: x"),
                     "a context names a user that is not in it"},
        MalformedRow{"other_cluster", replaced(kubeconfig_of("t"), "cluster: cn-b", "cluster: x"),
                     "a context names a cluster that is not in it"},
        MalformedRow{"no_server", replaced(kubeconfig_of("t"), "    server: https://b.example:6443\n", ""),
                     "a cluster has no server"}),
    [](const auto& row) { return row.param.name; });

TEST(RemoteCredentials, one_bad_user_is_refused_with_all) {
  const std::string more =
      "- name: other\n  user:\n    tokenFile: /a\n    client-key: /k\n    client-certificate: /c\n"
      "    exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}\n    auth-provider: {name: secret-word}\n"
      "- name: third\n  user:\n    auth-provider: {name: oidc}\n";
  EXPECT_THAT(judged(kubeconfig_of("t") + more).refused,
              ElementsAre("auth-provider", "clientKey", "clientCertificate", "tokenFile", "exec"));
  EXPECT_THAT(judged(kubeconfig_of("t")).refused, IsEmpty());
}

/// Two clusters, applied; the remote Secret of b in a is replaced.
struct CredentialChecks : ::testing::Test {
  CredentialChecks() { EXPECT_TRUE(succeeded(world.apply(world.plan()))); }

  void put(const std::string& kubeconfig, const std::string& key = "cn-b") {
    Object secret{.id = {"v1", "Secret", ns, "istio-remote-secret-cn-b"},
                  .body = json{{"data", {{key, base64_encode(kubeconfig)}}}}};
    readings["a"].credentials = judge_credentials({std::move(secret)});
  }
  std::vector<std::string> found() {
    report = run_checks(
        {.spec = world.spec, .platforms = platform::all(), .live = world.look(), .readings = readings, .now = now});
    std::vector<std::string> lines;
    for (const Finding& one : report.findings) {
      if (!ids.contains(one.id)) continue;
      lines.push_back(to_string(one.severity) + " " + one.id + " " + one.cluster + " " + one.peer);
      last = one;
    }
    return lines;
  }

  const std::set<std::string> ids = {"remote-secret-kubeconfig", "remote-secret-auth", "remote-secret-server",
                                     "remote-secret-expired", "remote-secret-expires-soon"};
  mesh::testing::IstioWorld world{mesh::testing::mesh_of({"a", "b"})};
  std::map<std::string, CheckReading> readings;
  CheckReport report;
  Finding last;
};

TEST_F(CredentialChecks, find_nothing_wrong_with_a_token_that_stays) {
  put(kubeconfig_of("token-of-b"));
  EXPECT_THAT(found(), IsEmpty());
  put(kubeconfig_of(jwt(now_seconds + 15 * day)));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CredentialChecks, a_token_that_expired) {
  put(kubeconfig_of(jwt(now_seconds - day)));
  EXPECT_THAT(found(), ElementsAre("error remote-secret-expired a b"));
  EXPECT_EQ(last.read, "its token expired at 2026-11-29T00:00:00Z");
  put(kubeconfig_of(jwt(now_seconds)));
  EXPECT_THAT(found(), ElementsAre("error remote-secret-expired a b"));
}

TEST_F(CredentialChecks, a_token_that_expires_soon) {
  put(kubeconfig_of(jwt(now_seconds + 13 * day)));
  EXPECT_THAT(found(), ElementsAre("warning remote-secret-expires-soon a b"));
  EXPECT_EQ(last.read, "its token expires at 2026-12-13T00:00:00Z");
}

TEST_F(CredentialChecks, a_kubeconfig_that_istiod_cannot_use) {
  put("x");
  EXPECT_THAT(found(), ElementsAre("error remote-secret-kubeconfig a b"));
}

TEST_F(CredentialChecks, a_login_that_istiod_refuses_unless_it_is_told_otherwise) {
  put(replaced(kubeconfig_of("t"), "    token: t\n", "    tokenFile: /var/t\n"));
  EXPECT_THAT(found(), ElementsAre("error remote-secret-auth a b"));
  EXPECT_EQ(last.read, "its kubeconfig logs in by: tokenFile");
  world.clients.at("a").cluster.update({"apps/v1", "Deployment", ns, "istiod-asm-1233-2"}, "kubectl", [](json& body) {
    body["spec"]["template"]["spec"]["containers"][0]["env"].push_back(
        {{"name", "PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS"}, {"value", "exec,tokenFile"}});
  });
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CredentialChecks, a_server_that_no_other_cluster_can_dial) {
  put(kubeconfig_of("t", "https://127.0.0.1:6443"));
  EXPECT_THAT(found(), ElementsAre("error remote-secret-server a b"));
  world.spec.mesh.local_api_servers = true;
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CredentialChecks, leave_alone_what_istiod_does_not_take) {
  put("x", "cn-a");
  EXPECT_THAT(found(), IsEmpty());
  put("x", "cn-unknown");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(CredentialChecks, unknown_where_the_secrets_may_not_be_listed) {
  readings["a"].credentials_why = {{.code = Code::forbidden, .summary = "may not be read"}};
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_FALSE(report.complete);
  EXPECT_THAT(render_check(report, Color::off), HasSubstr("remote-secret-kubeconfig, remote-secret-auth"));
}

TEST_F(CredentialChecks, show_nothing_of_a_credential) {
  const std::string token = jwt(now_seconds - day);
  for (const std::string& kubeconfig :
       {kubeconfig_of(token), replaced(kubeconfig_of(token), "current-context: cn-b", "current-context: x"),
        replaced(kubeconfig_of(token), "apiVersion: v1\n", "apiVersion: " + token + "\n"),
        kubeconfig_of(token, "https://user:" + token + "@127.0.0.1:6443"), token, "a: [" + token,
        replaced(kubeconfig_of(token), "    token:",
                 "    password: " + token + "\n    auth-provider: {name: " + token + "}\n    username:")}) {
    put(kubeconfig);
    EXPECT_FALSE(found().empty());
    for (const std::string& shown : {encode_check(report), render_check(report, Color::off)}) {
      for (const std::string& part : {token, token.substr(0, 20), token.substr(21, 20), std::string("c2lnbmF0dXJl")}) {
        EXPECT_THAT(shown, Not(HasSubstr(part)));
      }
    }
  }
}

}  // namespace
}  // namespace mesh::istio
