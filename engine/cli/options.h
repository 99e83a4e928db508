#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/workspace/console.h"
#include "engine/workspace/workspace.h"

namespace mesh::cli {

/// The command line, checked. One value for all commands: each reads what its flags fill.
struct Options {
  std::string spec_file = "mesh.toml";
  std::vector<std::string> only;
  std::vector<std::string> exclude;
  /// plan and drift: budget of one cluster's reading. apply and destroy: budget of one action.
  std::optional<std::chrono::milliseconds> timeout;
  LogRequest log;

  std::optional<std::string> plan_out;
  std::optional<std::string> plan_file;
  /// apply: of the plan that was approved.
  std::string digest;
  std::vector<std::string> skip_checks;
  /// See WorkspaceRequest.
  std::vector<std::string> accepted;
  std::vector<std::string> reach;
  std::size_t allowed_changes = 0;
  int max_failures = 0;
  /// apply and destroy: how long to wait for clusters that another run has locked.
  std::chrono::milliseconds lock_timeout{0};
  int batch = 0;
  std::string revision;
  /// lock: `list` or `release`, and what is released.
  std::string lock_action;
  std::vector<std::string> clusters;
  /// unprotect, forget.
  std::string cluster;
  /// history: newest first; 0: all.
  std::size_t limit = 0;
  std::string schema = "mesh";

  /// verify: images, empty: the usual ones.
  std::string image_helloworld;
  std::string image_sleep;

  /// init: kubeconfigs and folders with them, globs of contexts. It writes spec_file.
  std::vector<std::string> kubeconfigs;
  std::vector<std::string> contexts;
  std::string mesh_name;

  Format format = Format::text;
  Color out_color = Color::off;
  Color err_color = Color::off;
  int parallelism = 0;
  /// verify: calls from each cluster.
  int requests = 20;

  bool detailed_exit_code = false;
  bool destroy = false;
  bool rehearse = false;
  bool auto_approve = false;
  bool skip_moved = false;
  bool allow_mass_removal = false;
  bool list_checks = false;
  /// check: also what each istiod has in memory.
  bool effective = false;
  /// verify: every cluster instead of a sample, JUnit instead of `format`, only dialling gateways.
  bool all = false;
  bool junit = false;
  bool probe = false;
  /// init: over what is there.
  bool force = false;
};

Console console_of(const Options& options, Env& env);

/// For commands that only read: --timeout is the budget of one cluster's answers.
WorkspaceRequest reading_request(const Options& options);
/// For commands that write: --timeout is the budget of one action, and of one cluster's answers where that is more than
/// usual.
WorkspaceRequest writing_request(const Options& options, Intent intent);

}  // namespace mesh::cli
