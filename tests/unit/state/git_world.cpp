#include "tests/unit/state/git_world.h"

#include <git2.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace mesh::testing {
namespace {

/// Neither libgit2 nor git may see who runs the tests.
class Isolation : public ::testing::Environment {
 public:
  void SetUp() override {
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    git_libgit2_init();
    for (const git_config_level_t level :
         {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
  }
  void TearDown() override { git_libgit2_shutdown(); }
};

const ::testing::Environment* const isolation = ::testing::AddGlobalTestEnvironment(new Isolation);

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mesh-test-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TempFolder::~TempFolder() { std::filesystem::remove_all(path_); }

std::string git(const std::string& arguments) {
  FILE* pipe = popen(("git " + arguments + " 2>&1").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
  EXPECT_EQ(pclose(pipe), 0) << "git " << arguments << ": " << text;
  return text;
}

Snapshot snapshot(const std::string& mark) {
  Snapshot made;
  made.spec_text = "# " + mark + "\n";
  made.plan_digest = "plan-" + mark;
  made.spec_digest = "spec-" + mark;
  made.result = "done";
  made.time = "2026-11-22T09:54:00Z";
  made.plan_json = "{}\n";
  made.report_json = "{}\n";
  const ObjectId id{"v1", "ServiceAccount", "istio-system", "istio-reader"};
  made.clusters["dc1"].as_of = made.time;
  made.clusters["dc1"].objects[id] = {
      {"apiVersion", "v1"}, {"kind", id.kind}, {"metadata", {{"name", id.name}, {"namespace", id.ns}}}};
  return made;
}

SnapshotStore::Entry entry(const std::string& mark) {
  return {.after = {},
          .snapshot = snapshot(mark),
          .rebased = [mark](const Snapshot&) { return snapshot(mark); },
          .subject = "apply: done"};
}

void write_file(const std::filesystem::path& file, const std::string& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << bytes;
}

}  // namespace mesh::testing
