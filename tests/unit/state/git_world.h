#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "engine/port/clock.h"
#include "engine/state/git_store.h"

namespace mesh::testing {

/// A clock that goes on by a minute with every look at it, and waits for nobody. Thread-safe.
class TickingClock : public Clock {
 public:
  TimePoint now() const override { return {}; }
  std::chrono::system_clock::time_point wall() const override;
  bool sleep_until(TimePoint when, std::stop_token stop) override;

 private:
  mutable std::atomic<int> minutes_{0};
};

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
