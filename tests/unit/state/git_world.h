#pragma once

#include <filesystem>
#include <string>

#include "engine/state/git_store.h"
#include "tests/support/fake_clock.h"

namespace mesh::testing {

/// A folder that goes away.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// What `git ARGUMENTS` prints; adds a failure when it fails. Untouched by this machine's configuration.
std::string git(const std::string& arguments);

/// A snapshot that differs by `mark`.
Snapshot snapshot(const std::string& mark);

/// What a save records that knows of no other: `snapshot(mark)`, whatever others recorded.
SnapshotStore::Entry entry(const std::string& mark);

void write_file(const std::filesystem::path& file, const std::string& bytes);

}  // namespace mesh::testing
