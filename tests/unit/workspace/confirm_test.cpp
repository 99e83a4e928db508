#include "engine/workspace/confirm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>

#include "tests/support/fake_clock.h"

namespace mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Confirm : ::testing::Test {
  void add(const std::string& address, Operation operation) {
    plan.actions.push_back(
        {.address = {address}, .cluster = address.substr(0, address.find('/')), .operation = operation});
  }
  Result<void> ask() {
    Console console(out, err, {});
    return confirm(plan, "Carry out these actions?", approval, console, env);
  }

  testing::FakeClock clock;
  std::ostringstream out;
  std::ostringstream err;
  int asked = 0;
  std::optional<std::string> answer = "yes";
  Approval approval = Approval::ask;
  Env env{.out = out,
          .err = err,
          .clock = clock,
          .client_factory = {},
          .ask =
              [this] {
                ++asked;
                return answer;
              },
          .stop = {}};
  Plan plan;
};

TEST_F(Confirm, asks_once_and_takes_only_yes_as_yes) {
  add("dc1/network", Operation::update);
  EXPECT_TRUE(ask());
  EXPECT_EQ(asked, 1);
  for (const char* other : {"y", "Yes", "yes ", "no", ""}) {
    answer = other;
    const auto agreed = ask();
    ASSERT_FALSE(agreed) << other;
    EXPECT_EQ(agreed.error().front().code, Code::not_confirmed);
  }
  answer = std::nullopt;
  const auto agreed = ask();
  ASSERT_FALSE(agreed);
  EXPECT_THAT(agreed.error().front().cause, HasSubstr("no terminal"));
  EXPECT_THAT(agreed.error().front().hint, HasSubstr("mesh plan --out"));
}

TEST_F(Confirm, an_end_of_the_input_at_a_terminal_is_no_answer) {
  add("dc1/network", Operation::update);
  env.in_is_terminal = true;
  answer = std::nullopt;
  const auto agreed = ask();
  ASSERT_FALSE(agreed);
  EXPECT_EQ(agreed.error().front().code, Code::not_confirmed);
  EXPECT_THAT(agreed.error().front().cause, HasSubstr("no answer came"));
  EXPECT_THAT(agreed.error().front().hint, IsEmpty());
}

TEST_F(Confirm, asks_nothing_where_there_is_nothing_to_do_or_all_is_agreed) {
  add("dc1/network", Operation::unchanged);
  EXPECT_TRUE(ask());
  add("dc1/gateway", Operation::create);
  approval = Approval::given;
  EXPECT_TRUE(ask());
  EXPECT_EQ(asked, 0);
}

TEST_F(Confirm, errors_of_the_plan_are_told_instead_of_a_question) {
  add("dc1/network", Operation::update);
  plan.diagnostics.push_back({.code = Code::protected_cluster, .summary = "cluster is protected", .cause = "dc1"});
  for (const bool approved : {false, true}) {
    approval = approved ? Approval::given : Approval::ask;
    err.str({});
    const auto agreed = ask();
    ASSERT_FALSE(agreed);
    EXPECT_EQ(agreed.error().front().code, Code::plan_invalid);
    EXPECT_EQ(asked, 0);
    EXPECT_THAT(err.str(), HasSubstr("cluster is protected"));
    EXPECT_THAT(err.str(), Not(HasSubstr("Only `yes`")));
  }
}

TEST_F(Confirm, warnings_of_the_plan_are_told_before_the_question) {
  add("dc1/network", Operation::update);
  plan.diagnostics.push_back(
      {.code = Code::insecure_tls, .severity = Severity::warning, .summary = "TLS verification is off"});
  EXPECT_TRUE(ask());
  EXPECT_EQ(asked, 1);
  EXPECT_LT(err.str().find("TLS verification is off"), err.str().find("Only `yes`"));
}

}  // namespace
}  // namespace mesh
