#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/state/git_world.h"
#include "tests/unit/state/silent_server.h"

namespace mesh {
namespace {

using namespace std::chrono_literals;
using testing::entry;
using testing::git;
using ::testing::HasSubstr;

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

/// A remote that takes connections and is silent.
class GitRemoteSilence : public ::testing::Test {
 protected:
  std::unique_ptr<SnapshotStore> store(RemoteLimits limits) {
    return make_git_store(folder_ / "a", "prod", remote_.url(), clock_, std::move(limits));
  }
  std::string path() { return (folder_ / "a").string(); }
  std::string log() { return git("-C " + path() + " log --format=%H mesh/prod"); }

  testing::TempFolder folder_;
  testing::FakeClock clock_{std::chrono::minutes(1)};
  testing::SilentServer remote_;
};

TEST_F(GitRemoteSilence, reading_goes_on_after_the_deadline) {
  Diagnostics warnings;
  const auto last = store({.budget = 100ms})->last(warnings);
  ASSERT_TRUE(last) << last.error().front().cause;
  EXPECT_FALSE(*last);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, Code::state_remote_failed);
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].where, HasSubstr(remote_.url()));
  EXPECT_THAT(warnings[0].cause, HasSubstr("within 1 s"));
  EXPECT_THAT(warnings[0].hint, HasSubstr("git ls-remote " + remote_.url()));
}

TEST_F(GitRemoteSilence, all_readings_share_one_deadline) {
  const auto asked = store({.budget = 300ms});
  Diagnostics warnings;
  ASSERT_TRUE(asked->last(warnings));
  const auto began = Steady::now();
  for (const auto& found : {asked->history().error(), asked->at("HEAD").error()}) {
    EXPECT_EQ(found.front().code, Code::state_remote_failed);
    EXPECT_EQ(found.front().severity, Severity::error);
  }
  EXPECT_LT(Steady::now() - began, 300ms);
}

TEST_F(GitRemoteSilence, reading_ends_at_the_stop) {
  std::stop_source stop;
  const auto asked = store({.budget = 1h, .stop = stop.get_token()});
  const std::jthread stopper([&] { stop.request_stop(); });
  Diagnostics warnings;
  const auto last = asked->last(warnings);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().front().code, Code::cancelled);
  EXPECT_EQ(asked->history().error().front().code, Code::cancelled);
}

TEST_F(GitRemoteSilence, a_save_is_recorded_here_and_tells_how_to_push_it) {
  const auto saved = store({.budget = 100ms})->save(entry("one"));
  ASSERT_TRUE(saved) << saved.error().front().cause;
  ASSERT_EQ(saved->diagnostics.size(), 1U);
  EXPECT_EQ(saved->diagnostics[0].severity, Severity::warning);
  EXPECT_THAT(saved->diagnostics[0].cause, HasSubstr("within 1 s; the snapshot is recorded here only"));
  EXPECT_THAT(saved->diagnostics[0].hint,
              HasSubstr("git -C " + path() + " push " + remote_.url() + " refs/heads/mesh/prod"));
  EXPECT_EQ(log(), saved->commit + "\n");
  EXPECT_EQ(git("-C " + path() + " for-each-ref --format='%(refname)'"), "refs/heads/mesh/prod\n");
}

TEST_F(GitRemoteSilence, a_save_is_recorded_before_the_remote_is_asked) {
  std::stop_source stop;
  const auto asked = store({.budget = 1h, .stop = stop.get_token(), .grace = 0ms});
  Result<SnapshotStore::Saved> saved;
  {
    const std::jthread saver([&] { saved = asked->save(entry("one")); });
    while (!fs::exists(folder_ / "a/refs/heads/mesh/prod")) std::this_thread::yield();
    // It can only be waiting for the remote.
    EXPECT_NE(log(), "");
    stop.request_stop();
  }
  ASSERT_TRUE(saved);
  ASSERT_EQ(saved->diagnostics.size(), 1U);
  EXPECT_THAT(saved->diagnostics[0].cause, HasSubstr("stopped after"));
  EXPECT_EQ(log(), saved->commit + "\n");
}

}  // namespace
}  // namespace mesh
