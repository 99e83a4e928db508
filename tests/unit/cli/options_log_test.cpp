#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct OptionsLog : CommandCase {};

TEST_F(OptionsLog, nothing_is_logged_unless_asked_for) {
  EXPECT_EQ(run("plan"), exit_done);
  apply_all();
  EXPECT_THAT(logged, IsEmpty());
}

TEST_F(OptionsLog, decisions_come_with_their_reasons) {
  EXPECT_EQ(run("plan", {"-v"}), exit_done);
  EXPECT_THAT(logged, HasSubstr("cluster read cluster=c1"));
  EXPECT_THAT(logged, HasSubstr("planned action=c1/gateway operation=create"));
  EXPECT_EQ(run("apply", {"-v", "--auto-approve"}), exit_done);
  EXPECT_THAT(logged, HasSubstr("carried out action=c1/gateway outcome=done"));
  EXPECT_THAT(logged, HasSubstr("recorded commit="));
}

TEST_F(OptionsLog, a_file_gets_json_lines) {
  const std::filesystem::path file = folder / "log";
  EXPECT_EQ(run("plan", {"-vv", "--log-file", file.string(), "--log-format", "json"}), exit_done) << err;
  EXPECT_THAT(logged, IsEmpty());
  std::ifstream lines(file);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(nlohmann::json::parse(line).is_object());
  EXPECT_GT(count, 3U);
}

TEST_F(OptionsLog, without_a_level_are_64) {
  EXPECT_EQ(run("plan", {"--log-file", "x"}), exit_usage);
  EXPECT_EQ(run("plan", {"--log-format", "json"}), exit_usage);
  EXPECT_EQ(run("plan", {"-v", "--log-format", "xml"}), exit_usage);
}

}  // namespace
}  // namespace mesh::cli
