#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/state/git_error.h"
#include "engine/state/git_remote.h"
#include "tests/unit/state/git_world.h"

namespace mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::entry;
using testing::FakeClock;
using testing::git;
using ::testing::HasSubstr;
using ::testing::Key;
using testing::snapshot;
using testing::TempFolder;

namespace fs = std::filesystem;

class GitRemoteTest : public ::testing::Test {
 protected:
  void SetUp() override { git("init -q --bare " + path("remote")); }
  std::string path(const std::string& name) { return (folder_ / name).string(); }
  std::unique_ptr<SnapshotStore> clone(const std::string& name) {
    return make_git_store(folder_ / name, "prod", path("remote"), clock_);
  }
  static std::string save(SnapshotStore& to, const std::string& mark, std::size_t warnings = 0) {
    const Result<SnapshotStore::Saved> saved = to.save(entry(mark));
    EXPECT_TRUE(saved) << saved.error().front().cause;
    if (!saved) return {};
    EXPECT_EQ(saved->diagnostics.size(), warnings) << (saved->diagnostics.empty() ? "" : saved->diagnostics[0].cause);
    for (const Diagnostic& one : saved->diagnostics) EXPECT_EQ(one.severity, Severity::warning);
    return saved->commit;
  }
  std::string tip(const std::string& name) {
    std::string text = git("-C " + path(name) + " rev-parse mesh/prod");
    text.pop_back();
    return text;
  }
  std::string references(const std::string& name) {
    return git("-C " + path(name) + " for-each-ref --format='%(refname)'");
  }
  static std::string newest(SnapshotStore& from) {
    Diagnostics warnings;
    const auto last = from.last(warnings);
    EXPECT_TRUE(last) << last.error().front().where << ": " << last.error().front().cause;
    EXPECT_TRUE(warnings.empty());
    return last && *last ? (*last)->commit : "";
  }
  Diagnostics unpushed(const std::string& name) {
    Diagnostics warnings;
    const auto last = clone(name)->last(warnings);
    return last && *last ? (*last)->unpushed : Diagnostics();
  }
  /// As an apply does that records nothing.
  Diagnostics publish(const std::string& name) {
    const auto store = clone(name);
    newest(*store);
    return store->publish();
  }
  void hide_remote() { fs::rename(folder_ / "remote", folder_ / "away"); }
  void show_remote() { fs::rename(folder_ / "away", folder_ / "remote"); }

  TempFolder folder_;
  FakeClock clock_{std::chrono::minutes(1)};
};

TEST_F(GitRemoteTest, a_save_arrives_and_leaves_nothing_else) {
  const std::string commit = save(*clone("a"), "one");
  EXPECT_EQ(tip("remote"), commit);
  EXPECT_EQ(tip("a"), commit);
  EXPECT_EQ(references("remote"), "refs/heads/mesh/prod\n");
  EXPECT_EQ(references("a"), "refs/heads/mesh/prod\nrefs/mesh/remote/prod\n");
}

TEST_F(GitRemoteTest, file_urls_are_paths) {
  const auto store = make_git_store(folder_ / "a", "prod", "file://" + path("remote"), clock_);
  const std::string commit = save(*store, "one");
  EXPECT_EQ(tip("remote"), commit);
}

TEST_F(GitRemoteTest, the_last_snapshot_is_fetched_without_a_repository_here) {
  const std::string commit = save(*clone("a"), "one");
  const auto fresh = clone("b");
  EXPECT_EQ(newest(*fresh), commit);
  EXPECT_EQ(fresh->history().value().size(), 1U);
  EXPECT_TRUE(fresh->at(commit));
  EXPECT_FALSE(fs::exists(folder_ / "b")) << "looking made something";
  EXPECT_EQ(clone("c")->history().value().size(), 1U);
}

TEST_F(GitRemoteTest, a_save_goes_on_top_of_what_others_pushed) {
  const std::string one = save(*clone("a"), "one");
  const std::string two = save(*clone("b"), "two");
  const std::string three = save(*clone("a"), "three");
  EXPECT_EQ(git("-C " + path("remote") + " rev-list mesh/prod"), three + "\n" + two + "\n" + one + "\n");
  EXPECT_EQ(tip("a"), three);
  EXPECT_EQ(newest(*clone("b")), three);
}

TEST_F(GitRemoteTest, savers_that_race_to_one_remote_all_stay_in_the_line) {
  constexpr int writers = 3;
  constexpr int saves = 4;
  std::vector<std::jthread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&, i] {
      const auto own = clone("clone" + std::to_string(i));
      for (int n = 0; n < saves; ++n) save(*own, std::to_string(i) + "-" + std::to_string(n));
    });
  }
  threads.clear();
  EXPECT_EQ(git("-C " + path("remote") + " rev-list --count mesh/prod"), "12\n");
  EXPECT_EQ(git("-C " + path("remote") + " rev-list --min-parents=2 --count mesh/prod"), "0\n");
  EXPECT_EQ(references("remote"), "refs/heads/mesh/prod\n");
}

TEST_F(GitRemoteTest, an_unreachable_remote_costs_a_warning) {
  const std::string one = save(*clone("a"), "one");
  hide_remote();
  Diagnostics warnings;
  const auto last = clone("a")->last(warnings);
  ASSERT_TRUE(last);
  EXPECT_EQ((*last)->commit, one);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0].code, Code::state_remote_failed);
  EXPECT_EQ(warnings[0].severity, Severity::warning);

  const auto saved = clone("a")->save(entry("two"));
  ASSERT_TRUE(saved);
  ASSERT_EQ(saved->diagnostics.size(), 1U);
  EXPECT_THAT(saved->diagnostics[0].hint, HasSubstr("push"));
  EXPECT_EQ(tip("a"), saved->commit);

  // The next save pushes the whole line.
  show_remote();
  const std::string three = save(*clone("a"), "three");
  EXPECT_EQ(git("-C " + path("remote") + " rev-list mesh/prod"), three + "\n" + saved->commit + "\n" + one + "\n");
}

TEST_F(GitRemoteTest, lines_that_parted_are_joined_and_nothing_is_lost) {
  save(*clone("a"), "one");
  hide_remote();
  const std::string here = save(*clone("a"), "here", 1);
  show_remote();
  const std::string there = save(*clone("b"), "there");
  EXPECT_EQ(newest(*clone("a")), there) << "written later";
  const std::string joined = save(*clone("a"), "joined");
  EXPECT_EQ(git("-C " + path("remote") + " rev-parse mesh/prod^1 mesh/prod^2"), here + "\n" + there + "\n");
  EXPECT_EQ(tip("remote"), joined);
  EXPECT_EQ(clone("b")->at(joined).error().front().code, Code::unknown_revision) << "not fetched yet";
  EXPECT_EQ(newest(*clone("b")), joined);
  EXPECT_EQ(clone("b")->history().value().size(), 4U);
}

TEST_F(GitRemoteTest, lines_that_parted_are_read_as_one) {
  save(*clone("a"), "one");
  hide_remote();
  SnapshotStore::Entry here = entry("here");
  here.after = tip("a");
  here.snapshot.clusters["dc2"] = here.snapshot.clusters["dc1"];
  ASSERT_TRUE(clone("a")->save(here));
  show_remote();
  save(*clone("b"), "there");
  const auto store = clone("a");
  newest(*store);
  Diagnostics warnings;
  const auto head = store->last(warnings).value();
  EXPECT_THAT(head->clusters, ElementsAre(Key("dc1"), Key("dc2")));
  const auto read = store->read(*head);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->spec_text, testing::snapshot("there").spec_text);
  EXPECT_EQ(read->clusters.at("dc2").objects, here.snapshot.clusters.at("dc2").objects);
  // And what goes on top of both is put on both.
  SnapshotStore::Entry next = entry("next");
  next.after = head->commit;
  std::optional<Snapshot> on;
  next.rebased = [&](const Snapshot& newest) { return on.emplace(newest); };
  ASSERT_TRUE(store->save(next));
  EXPECT_EQ(on, *read);
}

TEST_F(GitRemoteTest, a_save_is_put_on_what_others_pushed_meanwhile) {
  save(*clone("a"), "one");
  SnapshotStore::Entry mine = entry("mine");
  mine.after = tip("a");
  const std::string theirs = save(*clone("b"), "theirs");
  std::vector<Snapshot> on;
  mine.rebased = [&](const Snapshot& newest) {
    on.push_back(newest);
    return snapshot("rebased");
  };
  const auto saved = clone("a")->save(mine);
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->diagnostics.empty());
  EXPECT_EQ(on, std::vector{snapshot("theirs")});
  EXPECT_EQ(tip("remote"), saved->commit);
  EXPECT_EQ(tip("a"), saved->commit);
  EXPECT_EQ(git("-C " + path("a") + " rev-parse mesh/prod^"), theirs + "\n");
  EXPECT_EQ(clone("a")->at(saved->commit)->snapshot, snapshot("rebased"));
}

TEST_F(GitRemoteTest, what_was_fetched_before_there_was_a_repository_is_gone_on_from) {
  SnapshotStore::Entry first = entry("one");
  first.snapshot.clusters["gone"] = first.snapshot.clusters["dc1"];
  const std::string one = clone("a")->save(first)->commit;
  // With and without `prepare`, which only what changes something calls.
  for (const char* name : {"b", "c"}) {
    const auto fresh = clone(name);
    SnapshotStore::Entry next = entry("two");
    next.after = newest(*fresh);
    ASSERT_EQ(next.after, one);
    if (std::string(name) == "b") {
      ASSERT_TRUE(fresh->prepare());
    }
    hide_remote();
    const auto saved = fresh->save(next);
    ASSERT_TRUE(saved);
    EXPECT_EQ(saved->diagnostics.size(), 1U);
    EXPECT_EQ(git("-C " + path(name) + " rev-list mesh/prod"), saved->commit + "\n" + one + "\n");
    show_remote();
    // What it took away stays away.
    Diagnostics warnings;
    const auto later = clone(name);
    const auto head = later->last(warnings).value();
    EXPECT_THAT(head->clusters, ElementsAre(Key("dc1")));
    EXPECT_EQ(later->read(*head).value(), snapshot("two"));
  }
}

TEST_F(GitRemoteTest, what_is_recorded_here_only_is_told_and_pushed_without_a_save) {
  save(*clone("a"), "one");
  EXPECT_TRUE(unpushed("a").empty());
  hide_remote();
  save(*clone("a"), "two", 1);
  const std::string three = save(*clone("a"), "three", 1);
  Diagnostics warnings;
  const auto head = clone("a")->last(warnings).value();
  EXPECT_FALSE(head->remote_answers);
  const Diagnostics told = head->unpushed;
  EXPECT_THAT(clone("a")->publish().at(0).cause, HasSubstr("recorded here only"));
  show_remote();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0].cause, EndsWith("only: 2"));
  EXPECT_EQ(told[0].severity, Severity::warning);
  EXPECT_EQ(unpushed("a"), told);
  EXPECT_TRUE(publish("a").empty());
  EXPECT_EQ(tip("remote"), three);
  EXPECT_EQ(tip("a"), three) << "nothing new is recorded";
  EXPECT_TRUE(unpushed("a").empty());
  EXPECT_EQ(references("a"), "refs/heads/mesh/prod\nrefs/mesh/remote/prod\n");
  EXPECT_EQ(references("remote"), "refs/heads/mesh/prod\n");
}

TEST_F(GitRemoteTest, lines_that_parted_are_joined_without_a_save) {
  save(*clone("a"), "one");
  hide_remote();
  SnapshotStore::Entry entry_here = entry("here");
  entry_here.after = tip("a");
  entry_here.snapshot.clusters["dc2"] = entry_here.snapshot.clusters["dc1"];
  const std::string here = clone("a")->save(entry_here)->commit;
  show_remote();
  const std::string there = save(*clone("b"), "there");
  Diagnostics warnings;
  const auto before = clone("a");
  const Snapshot both = before->read(*before->last(warnings).value()).value();
  EXPECT_TRUE(publish("a").empty());
  EXPECT_EQ(git("-C " + path("remote") + " rev-parse mesh/prod^1 mesh/prod^2"), here + "\n" + there + "\n");
  EXPECT_EQ(clone("a")->at(tip("remote"))->snapshot, both);
  EXPECT_EQ(newest(*clone("b")), tip("a"));
}

TEST_F(GitRemoteTest, a_remote_that_was_emptied_is_filled_again) {
  const std::string one = save(*clone("a"), "one");
  git("-C " + path("remote") + " update-ref -d refs/heads/mesh/prod");
  EXPECT_EQ(unpushed("a").size(), 1U);
  EXPECT_TRUE(publish("a").empty());
  EXPECT_EQ(tip("remote"), one);
}

TEST_F(GitRemoteTest, nothing_is_pushed_that_is_not_recorded_here) {
  EXPECT_TRUE(publish("a").empty());
  EXPECT_FALSE(fs::exists(folder_ / "a"));
  const std::string one = save(*clone("b"), "one");
  EXPECT_TRUE(publish("a").empty());
  // Nor what the remote has gone on from.
  save(*clone("c"), "two");
  const std::string two = tip("remote");
  EXPECT_TRUE(publish("b").empty());
  EXPECT_EQ(tip("remote"), two);
  EXPECT_EQ(tip("b"), one);
  const auto alone = make_git_store(folder_ / "b", "prod", std::nullopt, clock_);
  EXPECT_TRUE(alone->publish().empty());
}

TEST_F(GitRemoteTest, a_remote_that_never_was_there) {
  const auto store = make_git_store(folder_ / "a", "prod", path("nowhere"), clock_);
  Diagnostics warnings;
  const auto last = store->last(warnings);
  ASSERT_TRUE(last);
  EXPECT_FALSE(*last);
  EXPECT_EQ(warnings.size(), 1U);
  save(*store, "one", 1);
  EXPECT_EQ(store->history().value().size(), 1U);
}

TEST_F(GitRemoteTest, a_push_that_is_refused_is_recorded_here) {
  save(*clone("a"), "one");
  testing::write_file(folder_ / "remote/refs/heads/mesh/prod.lock", "");
  const std::string two = save(*clone("a"), "two", 1);
  EXPECT_EQ(tip("a"), two);
  EXPECT_EQ(references("remote"), "refs/heads/mesh/prod\n");
}

TEST_F(GitRemoteTest, errors_do_not_tell_passwords) {
  const auto store = make_git_store(folder_ / "a", "prod", "https://me:hunter2@127.0.0.1:1/x.git", clock_);
  Diagnostics warnings;
  ASSERT_TRUE(store->last(warnings));
  const auto saved = store->save(entry("one"));
  ASSERT_TRUE(saved);
  append(warnings, saved->diagnostics);
  ASSERT_EQ(warnings.size(), 2U);
  for (const Diagnostic& one : warnings) {
    const std::string all = one.where + one.summary + one.cause + one.hint;
    EXPECT_THAT(all, ::testing::Not(HasSubstr("hunter2")));
    EXPECT_THAT(one.where, HasSubstr("https://127.0.0.1:1/x.git"));
  }
}

struct UrlCase {
  const char* name;
  const char* url;
  std::optional<std::string> path;
};

class GitRemoteUrls : public ::testing::TestWithParam<UrlCase> {};

TEST_P(GitRemoteUrls, local_or_not) { EXPECT_EQ(local_path(GetParam().url), GetParam().path); }

INSTANTIATE_TEST_SUITE_P(
    Table, GitRemoteUrls,
    ::testing::Values(UrlCase{"path", "/srv/state.git", "/srv/state.git"}, UrlCase{"relative", "../state", "../state"},
                      UrlCase{"colon_in_path", "./a:b", "./a:b"}, UrlCase{"file", "file:///srv/s", "/srv/s"},
                      UrlCase{"file_host", "file://localhost/srv/s", "/srv/s"},
                      UrlCase{"scp", "git@host:s.git", std::nullopt}, UrlCase{"ssh", "ssh://git@host/s", std::nullopt},
                      UrlCase{"https", "https://host/s", std::nullopt}),
    [](const auto& row) { return row.param.name; });

TEST(GitRemoteError, cuts_credentials_out_of_urls) {
  EXPECT_EQ(without_url_credentials("at 'https://u:p@w@host/x@y' and ssh://g@h no"),
            "at 'https://host/x@y' and ssh://g@h no");
  EXPECT_EQ(without_url_credentials("ssh://g:p@h:22/x ssh://:p@h/x xssh://h"), "ssh://g@h:22/x ssh://h/x xssh://h");
  EXPECT_EQ(without_url_credentials("https://token@h/x http://t@h/x"), "https://h/x http://h/x");
  EXPECT_EQ(without_url_credentials("git@host:x.git, https://host"), "git@host:x.git, https://host");
}

}  // namespace
}  // namespace mesh
