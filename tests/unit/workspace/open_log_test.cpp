#include "engine/workspace/open_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "engine/jobs/files.h"
#include "tests/support/fake_clock.h"

namespace mesh {
namespace {

struct OpenLog : ::testing::Test {
  OpenLog() {
    std::string pattern = ::testing::TempDir() + "mesh-log-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
    folder = pattern;
  }
  ~OpenLog() override { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
  testing::FakeClock clock;
};

TEST_F(OpenLog, makes_none_where_none_is_asked_for) {
  const auto made = open_log({.file = (folder / "log").string()}, {}, clock);
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, nullptr);
  EXPECT_FALSE(std::filesystem::exists(folder / "log"));
}

TEST_F(OpenLog, appends_to_a_file_for_its_owner_alone) {
  const std::string file = (folder / "log").string();
  const mode_t before = ::umask(0);
  for (int run = 0; run < 2; ++run) {
    const auto made = open_log({.level = LogLevel::decisions, .file = file}, {}, clock);
    ASSERT_TRUE(made);
    (*made)->write(LogLevel::decisions, "planned", {});
  }
  ::umask(before);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(read_file(file).value(), "2026-11-22T13:00:00.000Z planned\n2026-11-22T13:00:00.000Z planned\n");
}

TEST_F(OpenLog, reports_a_file_that_cannot_be_written) {
  const auto made = open_log({.level = LogLevel::decisions, .file = (folder / "none" / "log").string()}, {}, clock);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().front().code, Code::file_not_writable);
}

}  // namespace
}  // namespace mesh
