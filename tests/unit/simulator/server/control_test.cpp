#include "providers/simulator/server/control.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

class ControlTest : public ::testing::Test {
 protected:
  std::pair<int, json> ask(const std::string& method, const std::string& path, const json& body = nullptr,
                           const std::string& token = "t") {
    const IncomingRequest made = incoming(path,
                                          {.method = method,
                                           .path = {},
                                           .headers = {{"authorization", "Bearer " + token}},
                                           .body = body.is_null() ? "" : body.dump()},
                                          {});
    const ApiResponse response = control(faults_, "t", {"c1", "c2"}, made.request);
    return {response.status, json::parse(response.body)};
  }
  mesh::testing::FakeClock clock_;
  FaultSet faults_{clock_, 1};
};

TEST_F(ControlTest, adds_lists_and_removes) {
  EXPECT_EQ(ask("POST", "/control/faults", {{"words", {"kind=down", "cluster=c1"}}}).second, (json{{"id", "f1"}}));
  EXPECT_EQ(ask("POST", "/control/faults", {{"words", {"kind=cut"}}}).second, (json{{"id", "f2"}}));
  const json listed = ask("GET", "/control/faults").second;
  EXPECT_EQ(listed.at("faults").at(0),
            (json{{"id", "f1"}, {"words", {"kind=down", "id=f1", "cluster=c1"}}, {"strikes", 0}}));
  EXPECT_EQ(ask("DELETE", "/control/faults/f1").first, 200);
  EXPECT_EQ(faults_.list().size(), 1U);
  EXPECT_EQ(ask("DELETE", "/control/faults").first, 200);
  EXPECT_TRUE(faults_.list().empty());
}

TEST_F(ControlTest, a_fault_has_a_target) {
  const auto missed = ask("POST", "/control/faults", {{"words", {"kind=down", "cluster=c9"}}});
  EXPECT_EQ(missed.first, 400);
  EXPECT_EQ(missed.second.at("error"), "cluster: `c9` covers none of those that are served: c1, c2");
  EXPECT_TRUE(faults_.list().empty());
  EXPECT_EQ(ask("POST", "/control/faults", {{"words", {"kind=down", "cluster=?2"}}}).first, 200);
  EXPECT_EQ(without_target({.cluster = "x*"}, std::vector<std::string>(12, "c")),
            "cluster: `x*` covers none of those that are served: c, c, c, c, c, c, c, c, c, c and 2 more");
}

TEST_F(ControlTest, refuses) {
  EXPECT_EQ(ask("GET", "/control/faults", nullptr, "other").first, 401);
  EXPECT_EQ(ask("GET", "/elsewhere").first, 404);
  EXPECT_EQ(ask("PUT", "/control/faults").first, 405);
  EXPECT_EQ(ask("DELETE", "/control/faults/f9").first, 404);
  EXPECT_EQ(ask("POST", "/control/faults", {{"words", "kind=down"}}).first, 400);
  const auto wrong = ask("POST", "/control/faults", {{"words", {"kind=dwon"}}});
  EXPECT_EQ(wrong.first, 400);
  EXPECT_EQ(wrong.second.at("error"), "`dwon` is not a value of `kind`");
  EXPECT_EQ(ask("POST", "/control/faults", {{"words", {"kind=down", "id=a"}}}).first, 200);
  EXPECT_EQ(ask("POST", "/control/faults", {{"words", {"kind=down", "id=a"}}}).first, 409);
}

}  // namespace
}  // namespace mesh::simulator
