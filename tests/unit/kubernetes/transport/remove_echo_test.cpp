#include "providers/kubernetes/transport/remove_echo.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

const std::vector<std::string> request = {"Accept: */*", "Authorization: Bearer top-secret"};

TEST(RemoveEcho, hides_the_credential_wherever_a_refusal_says_it) {
  HttpResponse answer{.status = 403,
                      .headers = {{"x-heard", "Bearer top-secret"}},
                      .body = R"({"message":"top-secret, again top-secret"})"};
  remove_echo(answer, request);
  EXPECT_EQ(answer.headers["x-heard"], "Bearer [hidden]");
  EXPECT_EQ(answer.body, R"({"message":"[hidden], again [hidden]"})");
}

TEST(RemoveEcho, leaves_what_was_asked_for) {
  HttpResponse answer{.status = 200, .body = "top-secret"};
  remove_echo(answer, request);
  EXPECT_EQ(answer.body, "top-secret");
  HttpResponse by_chance{.status = 403, .body = "a b c"};
  remove_echo(by_chance, {"Authorization: Bearer b"});
  EXPECT_EQ(by_chance.body, "a b c");
}

}  // namespace
}  // namespace mesh::kubernetes
