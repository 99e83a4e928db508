#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "engine/workspace/console.h"
#include "engine/workspace/env.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_clock.h"

namespace mesh::cli {

/// A mesh of the clusters c1 and c2 in memory, its spec and its state in a folder of its own, and commands that run on
/// it in this process.
struct CommandCase : ::testing::Test {
  CommandCase();
  ~CommandCase() override;

  /// Runs `mesh COMMAND -f SPEC WORD...`. Returns the exit code; `out` and `err` hold what it printed.
  int run(const std::string& command, const std::vector<std::string>& words = {});
  /// `state`: the lines of that table.
  void write_spec(const std::vector<std::string>& names, const std::string& state = "repo = \"state\"");
  /// Puts an empty cluster with a control plane behind the name, also of one that is there already. Its uids are
  /// others.
  testing::FakeServer& make_cluster(const std::string& name);
  /// Every action of the spec carried out.
  void apply_all();

  std::filesystem::path folder;
  std::filesystem::path spec;
  testing::FakeClients servers;
  testing::FakeClock clock;
  std::string out;
  std::string err;
  std::string logged;
  std::optional<std::string> answer = "yes";
  std::stop_source stop;
  /// Exit codes with which a command asked for the end of the process.
  std::vector<int> ends;
  /// Called when a command asks for it, before it returns all the same.
  std::function<void()> at_end = [] {};

 private:
  /// How often the cluster was made: a uid of an object depends on what was there before it.
  std::map<std::string, std::size_t> made_;
};

}  // namespace mesh::cli
