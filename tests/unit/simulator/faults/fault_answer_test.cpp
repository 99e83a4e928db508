#include "providers/simulator/faults/fault_answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mesh::simulator {
namespace {

using namespace std::chrono_literals;

std::string message(const Fault& fault, const char* method, const char* uri) {
  const auto answer = answer_of(fault, request_facts(method, uri), "alice");
  return answer ? nlohmann::json::parse(answer->body).at("message").get<std::string>() : "none";
}

TEST(FaultAnswer, too_many_requests_says_when_to_come_back) {
  const auto answer = answer_of({.kind = FaultKind::too_many_requests, .delay = 1500ms}, {}, "alice");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->headers.at("retry-after"), "2");
  EXPECT_EQ(answer->body, "Too many requests, please try again later.\n");
}

struct Row {
  FaultKind kind;
  int status;
  const char* reason;
};

class FaultAnswerStatuses : public ::testing::TestWithParam<Row> {};

TEST_P(FaultAnswerStatuses, of_kinds) {
  const auto answer = answer_of({.kind = GetParam().kind}, request_facts("PATCH", "/api/v1/namespaces/a"), "alice");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, GetParam().status);
  const auto body = nlohmann::json::parse(answer->body);
  EXPECT_EQ(body.at("kind"), "Status");
  EXPECT_EQ(body.at("code"), GetParam().status);
  EXPECT_EQ(body.at("reason"), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(rows, FaultAnswerStatuses,
                         ::testing::Values(Row{FaultKind::error_500, 500, "InternalError"},
                                           Row{FaultKind::error_503, 503, "ServiceUnavailable"},
                                           Row{FaultKind::unauthorized, 401, "Unauthorized"},
                                           Row{FaultKind::forbidden, 403, "Forbidden"},
                                           Row{FaultKind::admission, 400, "BadRequest"}),
                         [](const auto& row) { return to_string(row.param.kind); });

TEST(FaultAnswer, forbidden_has_the_words_of_rbac) {
  const Fault forbidden{.kind = FaultKind::forbidden};
  EXPECT_EQ(message(forbidden, "GET", "/api/v1/namespaces/a/secrets"),
            "secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\" in the namespace "
            "\"a\"");
  EXPECT_EQ(message(forbidden, "PATCH", "/apis/apps/v1/namespaces/a/deployments/b"),
            "deployments.apps \"b\" is forbidden: User \"alice\" cannot patch resource \"deployments\" in API group "
            "\"apps\" in the namespace \"a\"");
  EXPECT_EQ(message(forbidden, "GET", "/api/v1/nodes"),
            "nodes is forbidden: User \"alice\" cannot list resource \"nodes\" in API group \"\" at the cluster scope");
  EXPECT_EQ(message(forbidden, "GET", "/version?timeout=5s"), "forbidden: User \"alice\" cannot get path \"/version\"");
}

TEST(FaultAnswer, admission_says_what_the_webhook_says) {
  EXPECT_EQ(message({.kind = FaultKind::admission, .message = "not on Fridays"}, "POST", "/api/v1/namespaces"),
            "admission webhook \"policy.simulator.example\" denied the request: not on Fridays");
}

TEST(FaultAnswer, others_leave_the_answer_alone) {
  for (const FaultKind kind : {FaultKind::down, FaultKind::slow, FaultKind::cut, FaultKind::truncate,
                               FaultKind::conflict, FaultKind::no_load_balancer}) {
    EXPECT_FALSE(answer_of({.kind = kind}, {}, "alice")) << to_string(kind);
  }
}

}  // namespace
}  // namespace mesh::simulator
