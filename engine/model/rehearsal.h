#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "engine/model/action.h"
#include "engine/model/report.h"

namespace mesh {

/// Whether workloads of one cluster reach those of another (or of their own).
struct RehearsedPath {
  std::string from = {};
  std::string to = {};
  bool before = false;
  bool after = false;
  /// It worked before and did not at some moment of the apply: what was under way then, and which link was broken.
  bool broke = false;
  std::vector<Address> during = {};
  /// Why it does not work in the end; else why it did not meanwhile.
  std::string reason = {};

  bool operator==(const RehearsedPath&) const = default;
};

/// What became of a plan on simulated clusters.
struct Rehearsal {
  std::size_t clusters = 0;
  /// Actions that the simulated clusters ask for otherwise than the real ones: a copy is never perfect.
  std::vector<Address> planned_otherwise = {};
  /// Warnings of what the copies could not be given as it is.
  Diagnostics assumed = {};
  Report report = {};
  /// Addresses that a second plan would still change.
  std::vector<Address> left = {};
  std::vector<RehearsedPath> paths = {};

  bool operator==(const Rehearsal&) const = default;
};

/// Every action was done, and nothing was left to do.
bool succeeded(const Rehearsal& rehearsal);

}  // namespace mesh
