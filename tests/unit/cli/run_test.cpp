#include "engine/cli/run.h"

#include <gmock/gmock.h>

#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;

struct Run : CommandCase {
  /// Runs the arguments as they are.
  int bare(const std::vector<std::string>& arguments) {
    std::ostringstream results;
    std::ostringstream messages;
    Env env{.out = results, .err = messages, .clock = clock, .client_factory = {}, .ask = {}, .stop = {}};
    const int code = cli::run(arguments, env);
    out = results.str();
    err = messages.str();
    return code;
  }
};

TEST_F(Run, offline_commands_are_0) {
  EXPECT_EQ(run("validate"), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("2 clusters"));
  EXPECT_EQ(bare({"version", "--format", "json"}), exit_done);
  EXPECT_EQ(bare({"schema", "plan"}), exit_done);
  EXPECT_EQ(bare({"plan", "--help"}), exit_done);
}

TEST_F(Run, what_is_not_a_command_is_64) {
  EXPECT_EQ(bare({}), exit_usage);
  EXPECT_EQ(bare({"aply"}), exit_usage);
  EXPECT_THAT(err, HasSubstr("apply"));
  EXPECT_EQ(bare({"schema", "none"}), exit_usage);
}

}  // namespace
}  // namespace mesh::cli
