#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/sim_options.h"
#include "engine/render/style.h"

namespace mesh::cli {

enum class Format { text, json };

/// The command line, checked. One value for all commands: each reads what its flags fill.
struct Options {
  std::string spec_file = "mesh.toml";
  Format format = Format::text;
  std::vector<std::string> only;
  std::vector<std::string> exclude;
  int parallelism = 0;
  /// plan and drift: budget of one cluster's reading. apply and destroy: budget of one action.
  std::optional<std::chrono::milliseconds> timeout;
  Color out_color = Color::off;
  Color err_color = Color::off;
  bool verbose = false;

  std::optional<std::string> plan_out;
  bool detailed_exit_code = false;
  bool rehearse = false;
  std::optional<std::string> plan_file;
  bool auto_approve = false;
  bool skip_moved = false;
  std::string revision;
  std::string schema = "mesh";
  SimOptions sim;
};

}  // namespace mesh::cli
