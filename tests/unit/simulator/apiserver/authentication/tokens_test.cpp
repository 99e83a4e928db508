#include "providers/simulator/apiserver/authentication/tokens.h"

#include <gtest/gtest.h>

#include "engine/base/digest.h"
#include "engine/base/time.h"
#include "providers/simulator/apiserver/authentication/authenticate.h"
#include "tests/unit/simulator/apiserver/memory_objects.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const ResourceName secrets = {"", "secrets"};
const ResourceName accounts = {"", "serviceaccounts"};

class TokensTest : public testing::Test {
 protected:
  TokensTest() {
    objects_.put(accounts, account_);
    secret_ = filled_token_secret(signer_, account_, secret_, "CA");
    objects_.put(secrets, secret_);
  }
  std::string legacy() const { return *base64_decode(secret_["data"]["token"].get<std::string>()); }
  Answer request(const json& spec, const std::string& account = "reader") const {
    return token_request(signer_, objects_, "mesh", account, {{"spec", spec}}, now_);
  }
  static std::string issued(const Answer& answer) { return json::parse(answer->body)["status"]["token"]; }
  ApiResult<User> user(const std::string& authorization, std::chrono::seconds later = {}) const {
    ApiRequest asking;
    if (!authorization.empty()) asking.headers["authorization"] = authorization;
    return authenticate(asking, by(later));
  }
  /// "NAME" or the status of the refusal.
  std::string who(const std::string& token, std::chrono::seconds later = {}) const {
    const auto found = user("Bearer " + token, later);
    return found ? found->name : std::to_string(found.error().code);
  }
  Authentication by(std::chrono::seconds later = {}) const { return {objects_, signer_, static_tokens_, now_ + later}; }

  const std::chrono::system_clock::time_point now_ = *parse_rfc3339("2026-11-22T13:50:10Z");
  const TokenSigner signer_;
  const StaticTokens static_tokens_ = {{"letmein", admin_user()}};
  MemoryObjects objects_;
  json account_ = {{"metadata", {{"name", "reader"}, {"namespace", "mesh"}, {"uid", "u1"}}}};
  json secret_ = {{"metadata", {{"name", "token"}, {"namespace", "mesh"}, {"uid", "s1"}}}};
};

const std::string reader = "system:serviceaccount:mesh:reader";

TEST_F(TokensTest, fills_a_secret) {
  EXPECT_EQ(secret_["data"]["ca.crt"], base64_encode("CA"));
  EXPECT_EQ(secret_["data"]["namespace"], base64_encode("mesh"));
  EXPECT_EQ(secret_["metadata"]["annotations"]["kubernetes.io/service-account.uid"], "u1");
  EXPECT_EQ(who(legacy()), reader);
  EXPECT_EQ(who(legacy(), std::chrono::hours(24 * 365 * 20)), reader);
}

TEST_F(TokensTest, revokes_a_secrets_token) {
  const std::string token = legacy();
  objects_.remove(secrets, "mesh", "token");
  EXPECT_EQ(who(token), "401");
  objects_.put(secrets, secret_);
  EXPECT_EQ(who(token), reader);
  json other = secret_;
  other["data"]["token"] = base64_encode("another");
  objects_.put(secrets, other);
  EXPECT_EQ(who(token), "401");
  objects_.put(secrets, secret_);
  json again = account_;
  again["metadata"]["uid"] = "u2";
  objects_.put(accounts, again);
  EXPECT_EQ(who(token), "401");
}

TEST_F(TokensTest, knows_its_own_tokens_alone) {
  EXPECT_EQ(who(secret_token(TokenSigner(), account_, secret_)), "401");
  EXPECT_EQ(who("garbage"), "401");
  EXPECT_EQ(who("a.b.c"), "401");
  EXPECT_EQ(who("letmein"), "kubernetes-admin");
}

TEST_F(TokensTest, takes_who_shows_nothing_for_anonymous) {
  EXPECT_EQ(user("")->name, "system:anonymous");
  EXPECT_EQ(user("Basic Zm9vOmJhcg==")->name, "system:anonymous");
  EXPECT_EQ(user("Bearer")->name, "system:anonymous");
  EXPECT_EQ(user("bearer letmein")->name, "kubernetes-admin");
}

TEST_F(TokensTest, issues_tokens_that_expire) {
  const Answer reply = request({{"expirationSeconds", 600}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 201);
  const json body = json::parse(reply->body);
  EXPECT_EQ(body["status"]["expirationTimestamp"], "2026-11-22T14:00:10Z");
  EXPECT_EQ(body["spec"]["audiences"], json::array({token_issuer}));
  EXPECT_EQ(who(issued(reply), std::chrono::seconds(599)), reader);
  EXPECT_EQ(who(issued(reply), std::chrono::seconds(600)), "401");
  EXPECT_EQ(json::parse(request(json::object())->body)["spec"]["expirationSeconds"], 3600);
}

TEST_F(TokensTest, refuses_wrong_durations) {
  const ApiError refused = request({{"expirationSeconds", 599}}).error();
  EXPECT_EQ(refused.code, 422);
  EXPECT_EQ(refused.details["causes"][0]["field"], "spec.expirationSeconds");
  EXPECT_EQ(request({{"expirationSeconds", 4294967297}}).error().code, 422);
  EXPECT_EQ(request(json::object(), "nobody").error().code, 404);
}

TEST_F(TokensTest, revokes_with_the_account) {
  const std::string token = issued(request(json::object()));
  EXPECT_EQ(who(token), reader);
  objects_.remove(accounts, "mesh", "reader");
  EXPECT_EQ(who(token), "401");
}

TEST_F(TokensTest, keeps_audiences_apart) {
  const std::string token = issued(request({{"audiences", {"a", "b"}}}));
  EXPECT_EQ(who(token), "401");
}

}  // namespace
}  // namespace mesh::simulator
