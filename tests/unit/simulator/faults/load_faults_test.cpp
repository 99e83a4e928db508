#include "providers/simulator/faults/load_faults.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "providers/simulator/faults/fault_fields.h"

namespace mesh::simulator {
namespace {

using namespace std::chrono_literals;

TEST(LoadFaults, reads_every_field) {
  const auto faults = load_faults("faults.toml", R"(
[[fault]]
id = "a"
kind = "slow"
cluster = "c2"
verb = "list"
resource = "secrets"
namespace = "istio-system"
name = "istio-*"
user_agent = "mesh/*"
delay = "2s"
probability = 0.5
skip = 1
count = 3
after = "500ms"
for = "1m"

[[fault]]
kind = "admission"
message = "not on Fridays"
)");
  ASSERT_TRUE(faults);
  ASSERT_EQ(faults->size(), 2U);
  const Fault desired{.id = "a",
                      .kind = FaultKind::slow,
                      .cluster = "c2",
                      .verb = "list",
                      .resource = "secrets",
                      .ns = "istio-system",
                      .name = "istio-*",
                      .user_agent = "mesh/*",
                      .delay = 2s,
                      .probability = 0.5,
                      .skip = 1,
                      .count = 3,
                      .after = 500ms,
                      .lasts = 60s};
  EXPECT_EQ(faults->at(0), desired);
  EXPECT_EQ(faults->at(1).message, "not on Fridays");
}

TEST(LoadFaults, no_faults_is_a_file_too) { EXPECT_TRUE(load_faults("faults.toml", "")->empty()); }

/// Every problem with its place, as `line:column code: cause; hint`.
std::string told(const std::string& text) {
  const auto faults = load_faults("faults.toml", text);
  if (faults) return "valid";
  std::string all;
  for (const Diagnostic& one : faults.error()) {
    all += fmt::format("{}:{} {}: {}; {}\n", one.at->line, one.at->column, to_string(one.code), one.cause, one.hint);
  }
  return all;
}

TEST(LoadFaults, tells_every_problem_in_one_go) {
  EXPECT_EQ(
      told("[[fault]]\n"
           "kind = \"slwo\"\n"
           "dely = \"2s\"\n"
           "\n"
           "[[fault]]\n"
           "  id = \"x\"\n"
           "  cluster = 2\n"
           "\n"
           "[[fault]]\n"
           "kind = \"down\"\n"
           "id = \"x\"\n"
           "delay = \"2 s\"\n"
           "count = -1\n"
           "probability = 2\n"
           "\n"
           "[fautl]\n"),
      "2:8 invalid_value: `slwo` is not a value of `kind`; did you mean `slow`?\n"
      "3:1 unknown_field: `dely` is not a field of a fault; did you mean `delay`?\n"
      "5:1 missing_field: a fault needs `kind`; one of: down, silent, slow, cut, truncate, too_many_requests, "
      "error_500, "
      "error_503, unauthorized, forbidden, admission, conflict, no_load_balancer, istiod_ignores_secret, "
      "pods_not_ready, load_balancer_slow, load_balancer_ip, load_balancer_hostname, front, proxy, not_injected, "
      "injection_fails, injected_without_network\n"
      "7:13 wrong_type: `cluster` cannot hold this; write a name or a glob: \"c2\", \"c*\"\n"
      "11:6 duplicate_id: `x` is the id of an earlier fault; choose another, or leave it out\n"
      "12:1 conflicting_fields: `delay` says nothing for a fault of kind `down`; remove `delay`, or choose another "
      "kind\n"
      "12:9 invalid_value: `2 s` is not a value of `delay`; write a duration of up to a year: \"500ms\", \"2s\", "
      "\"5m\"\n"
      "13:9 invalid_value: `-1` is not a value of `count`; write a whole number from 0\n"
      "14:15 invalid_value: `2` is not a value of `probability`; write a number from 0 to 1\n"
      "16:2 unknown_field: `fautl` is not a field of a file of faults; write one `[[fault]]` per fault\n");
}

TEST(LoadFaults, tells_of_a_text_that_is_no_toml) {
  const std::string text = told("[[fault]]\nkind = down\n");
  EXPECT_TRUE(text.starts_with("2:8 syntax_error:")) << text;
  EXPECT_TRUE(told("[[fault]]\nkind = \"down\"\nkind = \"slow\"\n").starts_with("3:"));
  EXPECT_NE(told("[[fault]]\nkind = \"down\"\nkind = \"slow\"\n").find("duplicate_key"), std::string::npos);
  EXPECT_TRUE(told("[fault]\nkind = \"down\"\n").starts_with("1:2 wrong_type:"));
}

TEST(LoadFaultsWords, reads_what_words_of_writes) {
  const std::vector<std::string> words = {"kind=too_many_requests", "cluster=c1", "delay=3s",
                                          "probability=0.25",       "count=2",    "for=1500ms"};
  const auto fault = fault_of_words(words);
  ASSERT_TRUE(fault);
  EXPECT_EQ(words_of(*fault), words);
}

TEST(LoadFaultsWords, tells_every_problem) {
  const auto fault = fault_of_words({"kidn=down", "cluster", "count=many", "count=2"});
  ASSERT_FALSE(fault);
  std::vector<Code> codes;
  for (const Diagnostic& one : fault.error()) codes.push_back(one.code);
  EXPECT_EQ(codes, (std::vector<Code>{Code::unknown_field, Code::unknown_field, Code::invalid_value,
                                      Code::duplicate_key, Code::missing_field}));
}

TEST(LoadFaultsDurations, end_before_they_overflow) {
  EXPECT_EQ(duration_of("8760h"), std::chrono::hours(8760));
  EXPECT_EQ(duration_of("500ms"), std::chrono::milliseconds(500));
  for (const char* text : {"8761h", "3000000h", "999999999h", "9999999999s", "", "5", "s", "-1s", "1 s"}) {
    EXPECT_EQ(duration_of(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace mesh::simulator
