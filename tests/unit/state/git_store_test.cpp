#include "engine/state/git_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <thread>

#include "engine/state/git_write_check.h"
#include "tests/unit/state/git_world.h"

namespace mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::entry;
using testing::FakeClock;
using testing::git;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::snapshot;
using testing::TempFolder;

namespace fs = std::filesystem;

class GitStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<SnapshotStore> store(const std::optional<std::string>& remote = std::nullopt,
                                       const std::string& name = "state") {
    return make_git_store(folder_ / name, "prod", remote, clock_);
  }
  std::string repo(const std::string& name = "state") { return (folder_ / name).string(); }
  static std::string save(SnapshotStore& to, const std::string& mark) {
    const Result<SnapshotStore::Saved> saved = to.save(entry(mark));
    EXPECT_TRUE(saved) << saved.error().front().cause;
    return saved ? saved->commit : std::string();
  }

  TempFolder folder_;
  FakeClock clock_{std::chrono::minutes(1)};
};

TEST_F(GitStoreTest, nothing_yet) {
  Diagnostics warnings;
  const auto empty = store();
  const auto last = empty->last(warnings);
  ASSERT_TRUE(last);
  EXPECT_FALSE(*last);
  EXPECT_TRUE(empty->history().value().empty());
  EXPECT_EQ(empty->at("HEAD").error().front().code, Code::unknown_revision);
  EXPECT_TRUE(warnings.empty());
  EXPECT_FALSE(fs::exists(folder_ / "state")) << "looking made something";
}

TEST_F(GitStoreTest, first_save_makes_a_bare_repository) {
  const auto written = make_git_store(folder_ / "a/b/state", "prod", std::nullopt, clock_);
  const std::string commit = save(*written, "one");
  const std::string at = "-C " + (folder_ / "a/b/state").string();
  EXPECT_EQ(git(at + " rev-parse --is-bare-repository mesh/prod"), "true\n" + commit + "\n");
  EXPECT_EQ(git(at + " symbolic-ref HEAD"), "refs/heads/mesh/prod\n");
  EXPECT_EQ(git(at + " log -1 --format=%B mesh/prod"),
            "apply: done\n\nMesh-Plan: plan-one\nMesh-Spec: spec-one\nMesh-Result: done\n\n");
  EXPECT_EQ(git(at + " ls-tree -r --name-only mesh/prod"),
            "clusters/dc1/cluster.json\nclusters/dc1/serviceaccount.istio-system.istio-reader.yaml\nplan.json\n"
            "report.json\nsnapshot.json\nspec.toml\n");
  git(at + " fsck --strict");
}

TEST_F(GitStoreTest, history_and_show) {
  const auto writer = store();
  const std::string one = save(*writer, "one");
  const std::string two = save(*writer, "two");
  const auto reader = store();
  const std::vector<SnapshotInfo> history = reader->history().value();
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].commit, two);
  EXPECT_EQ(history[1].commit, one);
  EXPECT_EQ(history[1].time, "2026-11-22T13:00:00Z");
  EXPECT_EQ(history[1].subject, "apply: done");
  EXPECT_EQ(history[1].plan_digest, "plan-one");
  EXPECT_EQ(history[1].spec_digest, "spec-one");
  EXPECT_EQ(history[1].result, "done");
  EXPECT_THAT(history[1].author, ::testing::MatchesRegex("mesh <mesh@.+>"));
  EXPECT_EQ(git("-C " + repo() + " rev-parse mesh/prod^"), one + "\n");

  Diagnostics warnings;
  EXPECT_EQ(reader->last(warnings).value()->commit, two);
  const auto newest = reader->last(warnings).value();
  EXPECT_THAT(newest->clusters, ::testing::ElementsAre(::testing::Key("dc1")));
  EXPECT_EQ(reader->read(*newest).value(), snapshot("two"));
  for (const std::string& revision : {one, one.substr(0, 7), std::string("HEAD~1"), std::string("mesh/prod~1")}) {
    const auto shown = reader->at(revision);
    ASSERT_TRUE(shown) << revision;
    EXPECT_EQ(shown->commit, one) << revision;
    EXPECT_EQ(shown->snapshot, snapshot("one"));
  }
  for (const char* revision : {"HEAD~2", "deadbeef", "x y", ""}) {
    EXPECT_EQ(reader->at(revision).error().front().code, Code::unknown_revision) << revision;
  }
}

TEST_F(GitStoreTest, two_meshes_share_a_repository) {
  save(*store(), "one");
  const auto other = make_git_store(folder_ / "state", "test", std::nullopt, clock_);
  const std::string theirs = save(*other, "other");
  EXPECT_EQ(other->history().value().size(), 1U);
  EXPECT_EQ(store()->history().value().size(), 1U);
  EXPECT_EQ(store()->at(theirs).error().front().code, Code::unknown_revision);
}

TEST_F(GitStoreTest, a_repository_with_a_work_tree_keeps_it) {
  git("init -q -b main " + repo());
  testing::write_file(folder_ / "state/file", "mine");
  git("-C " + repo() + " -c user.name=x -c user.email=x@x add file");
  git("-C " + repo() + " config user.name 'A B'");
  git("-C " + repo() + " config user.email ab@example.org");
  const std::string before = git("-C " + repo() + " status --porcelain -b");
  save(*store(), "one");
  EXPECT_EQ(git("-C " + repo() + " status --porcelain -b"), before);
  EXPECT_EQ(git("-C " + repo() + " log -1 --format='%an <%ae>' mesh/prod"), "A B <ab@example.org>\n");
}

TEST_F(GitStoreTest, threads_that_save_at_once_all_stay_in_the_line) {
  constexpr int writers = 4;
  constexpr int saves = 5;
  std::vector<std::jthread> threads;
  for (int i = 0; i < writers; ++i) {
    threads.emplace_back([&, i] {
      const auto own = store();
      for (int n = 0; n < saves; ++n) save(*own, std::to_string(i) + "-" + std::to_string(n));
    });
  }
  threads.clear();
  EXPECT_EQ(store()->history().value().size(), std::size_t{writers * saves});
  EXPECT_EQ(git("-C " + repo() + " rev-list --min-parents=2 --count mesh/prod"), "0\n");
}

TEST_F(GitStoreTest, what_goes_on_from_the_newest_is_recorded_as_it_was_made) {
  SnapshotStore::Entry next = testing::entry("two");
  next.after = save(*store(), "one");
  next.rebased = [](const Snapshot&) { return snapshot("rebased"); };
  const auto saved = store()->save(next);
  ASSERT_TRUE(saved);
  EXPECT_EQ(store()->at(saved->commit)->snapshot, snapshot("two"));
}

TEST_F(GitStoreTest, what_does_not_is_put_on_what_others_recorded_meanwhile) {
  SnapshotStore::Entry mine = testing::entry("mine");
  mine.after = save(*store(), "one");
  const std::string theirs = save(*store(), "theirs");
  std::vector<Snapshot> on;
  mine.rebased = [&](const Snapshot& newest) {
    on.push_back(newest);
    return snapshot("rebased");
  };
  const auto saved = store()->save(mine);
  ASSERT_TRUE(saved);
  EXPECT_EQ(on, std::vector{snapshot("theirs")});
  EXPECT_EQ(store()->at(saved->commit)->snapshot, snapshot("rebased"));
  EXPECT_EQ(git("-C " + repo() + " rev-parse mesh/prod^"), theirs + "\n");
}

struct BrokenCase {
  const char* name;
  void (*damage)(const fs::path& repo);
};

class GitStoreBroken : public GitStoreTest, public ::testing::WithParamInterface<BrokenCase> {};

TEST_P(GitStoreBroken, says_that_it_cannot_be_used) {
  save(*store(), "one");
  GetParam().damage(folder_ / "state");
  Diagnostics warnings;
  const auto broken = store();
  for (const Diagnostics& found : {broken->last(warnings).error(), broken->history().error()}) {
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(to_string(found[0].code), "state_unusable");
    EXPECT_THAT(found[0].where, HasSubstr(repo()));
    EXPECT_FALSE(found[0].cause.empty());
    EXPECT_FALSE(found[0].hint.empty());
  }
  const auto saved = broken->save(entry("two"));
  ASSERT_FALSE(saved);
  EXPECT_EQ(to_string(saved.error().front().code), "state_unusable");
}

INSTANTIATE_TEST_SUITE_P(Table, GitStoreBroken,
                         ::testing::Values(BrokenCase{"no_head",
                                                      [](const fs::path& repo) { fs::remove(repo / "HEAD"); }},
                                           BrokenCase{"no_objects",
                                                      [](const fs::path& repo) {
                                                        fs::remove_all(repo / "objects");
                                                        fs::create_directory(repo / "objects");
                                                      }},
                                           BrokenCase{"bad_reference",
                                                      [](const fs::path& repo) {
                                                        testing::write_file(repo / "refs/heads/mesh/prod", "garbage\n");
                                                      }},
                                           BrokenCase{"other_data",
                                                      [](const fs::path& repo) {
                                                        fs::remove_all(repo);
                                                        testing::write_file(repo / "thesis.txt", "years of work");
                                                      }},
                                           BrokenCase{"a_file",
                                                      [](const fs::path& repo) {
                                                        fs::remove_all(repo);
                                                        testing::write_file(repo, "a file");
                                                      }}),
                         [](const auto& row) { return row.param.name; });

TEST_F(GitStoreTest, preparing_makes_the_repository_and_leaves_nothing_else) {
  ASSERT_TRUE(store()->prepare());
  ASSERT_TRUE(store()->prepare());
  EXPECT_EQ(git("-C " + repo() + " count-objects"), "0 objects, 0 kilobytes\n");
  EXPECT_EQ(git("-C " + repo() + " for-each-ref"), "");
  EXPECT_TRUE(store()->history().value().empty());
  save(*store(), "one");
}

struct UnwritableCase {
  const char* name;
  const char* path;
  const char* hint;
};

class GitStoreUnwritable : public GitStoreTest, public ::testing::WithParamInterface<UnwritableCase> {};

TEST_P(GitStoreUnwritable, is_found_by_preparing) {
  testing::write_file(folder_ / "file", "mine");
  const auto unwritable = make_git_store(folder_ / GetParam().path, "prod", std::nullopt, clock_);
  const auto ready = unwritable->prepare();
  ASSERT_FALSE(ready);
  EXPECT_EQ(to_string(ready.error().front().code), "state_unusable");
  EXPECT_FALSE(ready.error().front().cause.empty());
  EXPECT_THAT(ready.error().front().hint, HasSubstr(GetParam().hint));
}

// In /sys not even root may make a folder.
INSTANTIATE_TEST_SUITE_P(Table, GitStoreUnwritable,
                         ::testing::Values(UnwritableCase{"below_a_file", "file/state", "a file is where a folder"},
                                           UnwritableCase{"forbidden", "/sys/mesh/state", "rights to write"}),
                         [](const auto& row) { return row.param.name; });

/// The tests' own user, or nobody where that is root, who may write anywhere; with the folder as its own.
class Subject {
 public:
  explicit Subject(const fs::path& folder) {
    if (geteuid() != 0) return;
    constexpr uid_t nobody = 65534;
    EXPECT_EQ(chown(folder.c_str(), nobody, nobody), 0);
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      EXPECT_EQ(lchown(entry.path().c_str(), nobody, nobody), 0);
    }
    EXPECT_EQ(seteuid(nobody), 0);
    root_ = true;
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  ~Subject() {
    if (!root_) return;
    EXPECT_EQ(seteuid(0), 0);
  }

 private:
  bool root_ = false;
};

struct ForbiddenCase {
  const char* name;
  const char* path;
};

class GitStoreForbidden : public GitStoreTest, public ::testing::WithParamInterface<ForbiddenCase> {};

/// As in a repository of several users, of which each made some of the folders.
TEST_P(GitStoreForbidden, is_found_by_preparing_and_told_by_saving) {
  save(*store(), "one");
  git("-C " + repo() + " config core.logAllRefUpdates true");
  save(*store(), "two");
  const fs::path at = folder_ / "state" / GetParam().path;
  if (!fs::exists(at)) fs::create_directories(at);
  fs::permissions(at, fs::perms::owner_write, fs::perm_options::remove);
  Result<void> ready;
  Result<SnapshotStore::Saved> saved;
  {
    const Subject subject(folder_ / "");
    ready = store()->prepare();
    saved = store()->save(entry("three"));
  }
  fs::permissions(at, fs::perms::owner_write, fs::perm_options::add);
  ASSERT_FALSE(ready);
  EXPECT_THAT(ready.error().front().cause, EndsWith(std::string(GetParam().path) + ": Permission denied"));
  EXPECT_THAT(ready.error().front().hint, HasSubstr("rights to write"));
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().front().hint, HasSubstr("rights to write"));
}

// f4 is the first byte of the blob `# three`.
INSTANTIATE_TEST_SUITE_P(Table, GitStoreForbidden,
                         ::testing::Values(ForbiddenCase{"objects", "objects"},
                                           ForbiddenCase{"objects_of_a_byte", "objects/f4"},
                                           ForbiddenCase{"log", "logs/refs/heads/mesh/prod"}),
                         [](const auto& row) { return row.param.name; });

TEST_F(GitStoreTest, logs_that_are_not_kept_are_no_obstacle) {
  save(*store(), "one");
  const fs::path logs = folder_ / "state/logs";
  fs::create_directories(logs);
  fs::permissions(logs, fs::perms::owner_write, fs::perm_options::remove);
  Result<void> ready;
  {
    const Subject subject(folder_ / "");
    ready = store()->prepare();
  }
  fs::permissions(logs, fs::perms::owner_write, fs::perm_options::add);
  EXPECT_TRUE(ready);
}

/// Sets HOME as long as it lives.
class Home {
 public:
  explicit Home(const std::string& folder) {
    if (const char* now = std::getenv("HOME")) before_ = now;
    setenv("HOME", folder.c_str(), 1);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { before_ ? setenv("HOME", before_->c_str(), 1) : unsetenv("HOME"); }

 private:
  std::optional<std::string> before_;
};

Diagnostic reading_problem(const fs::path& repo, Clock& clock) {
  Diagnostics warnings;
  const auto last = make_git_store(repo, "prod", std::nullopt, clock)->last(warnings);
  return last ? Diagnostic{} : last.error().front();
}

// Who is not root can give nothing to others: there the rules of git itself are not tried.
TEST_F(GitStoreTest, a_repository_of_another_user_is_told_with_what_makes_it_safe) {
  if (geteuid() != 0) return;
  save(*store(), "one");
  const fs::path at = folder_ / "state";
  ASSERT_EQ(chown(at.c_str(), 65534, 65534), 0);
  for (const bool another_is_safe : {false, true}) {
    const fs::path home = folder_ / "home";
    fs::create_directories(home);
    testing::write_file(home / ".gitconfig", another_is_safe ? "[safe]\n\tdirectory = /elsewhere\n" : "");
    const Home moved(home.string());
    const Diagnostic found = reading_problem(at, clock_);
    EXPECT_THAT(found.cause, HasSubstr("another user")) << another_is_safe;
    EXPECT_THAT(found.hint, HasSubstr("git config --global --add safe.directory " + fs::canonical(at).string()));
    EXPECT_THAT(found.hint, Not(HasSubstr("fsck")));
  }
}

TEST_F(GitStoreTest, what_is_no_folder_or_may_not_be_looked_at_is_told_as_such) {
  testing::write_file(folder_ / "file", "mine");
  EXPECT_THAT(reading_problem(folder_ / "file", clock_).hint, HasSubstr("a file is where a folder must be"));
  save(*store(), "one");
  const fs::path closed = folder_ / "closed";
  fs::create_directories(closed);
  fs::rename(folder_ / "state", closed / "state");
  fs::permissions(closed, fs::perms::none);
  Diagnostic hidden;
  {
    const Subject subject(folder_ / "");
    hidden = reading_problem(closed / "state", clock_);
  }
  fs::permissions(closed, fs::perms::owner_all);
  // Taken for missing, it would lose its history and protection silently.
  EXPECT_EQ(hidden.code, Code::state_unusable);
  EXPECT_THAT(hidden.hint, HasSubstr("get yourself the rights"));
}

TEST_F(GitStoreTest, a_home_that_may_not_be_read_is_told) {
  const fs::path home = folder_ / "home";
  fs::create_directories(home);
  EXPECT_THAT(state_unopened(folder_ / "", "cannot be read", false).hint, HasSubstr("fsck"));
  fs::permissions(home, fs::perms::none);
  std::string hint;
  {
    const Home moved(home.string());
    const Subject subject(folder_ / "");
    hint = state_unopened(folder_ / "", "cannot be read", false).hint;
  }
  fs::permissions(home, fs::perms::owner_all);
  EXPECT_THAT(hint, HasSubstr("let HOME name a folder of yours: it is " + home.string()));
}

TEST(GitStoreObstacle, hints_fit_the_cause) {
  EXPECT_THAT(state_unwritable("/srv/st", "full", ENOSPC).hint, HasSubstr("make room"));
  EXPECT_THAT(state_unwritable("/srv/st", "read only", EROFS).hint, HasSubstr("rights to write to /srv/st"));
  EXPECT_THAT(state_unwritable("/srv/st", "loop", ELOOP).hint, HasSubstr("no folder can be made there"));
  EXPECT_THAT(state_unwritable("/srv/st", "?", EIO).hint, HasSubstr("fsck"));
}

TEST_F(GitStoreTest, a_lock_left_behind_is_found_by_preparing) {
  save(*store(), "one");
  testing::write_file(folder_ / "state/refs/heads/mesh/prod.lock", "");
  const auto ready = store()->prepare();
  ASSERT_FALSE(ready);
  EXPECT_THAT(ready.error().front().hint, HasSubstr("rm " + repo() + "/refs/heads/mesh/prod.lock"));
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = make_git_store(folder_ / "state", "prod", std::nullopt, clock_, {.stop = stop.get_token()});
  EXPECT_EQ(stopped->prepare().error().front().code, Code::cancelled);
}

TEST_F(GitStoreTest, a_lock_left_behind_is_told) {
  save(*store(), "one");
  testing::write_file(folder_ / "state/refs/heads/mesh/prod.lock", "");
  const auto saved = store()->save(entry("two"));
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().front().cause, HasSubstr("lock"));
}

TEST_F(GitStoreTest, a_snapshot_that_cannot_be_read_names_its_file) {
  const std::string good = save(*store(), "one");
  const std::string work = repo("work");
  git("clone -q -b mesh/prod " + repo() + " " + work);
  testing::write_file(folder_ / "work/clusters/dc1/cluster.json", "{");
  git("-C " + work + " -c user.name=x -c user.email=x@x commit -qam broken");
  git("-C " + work + " push -q");
  Diagnostics warnings;
  const auto head = store()->last(warnings);
  ASSERT_TRUE(head) << "nothing but names is read yet";
  const auto last = store()->read(**head);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().front().code, Code::snapshot_invalid);
  ASSERT_TRUE(last.error().front().at);
  EXPECT_EQ(last.error().front().at->file, "clusters/dc1/cluster.json");
  EXPECT_THAT(last.error().front().where, HasSubstr("snapshot "));
  EXPECT_TRUE(store()->at(good));
  EXPECT_EQ(store()->history().value().size(), 2U);
}

}  // namespace
}  // namespace mesh
