#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/workspace/env.h"
#include "engine/workspace/open_log.h"

namespace mesh {

/// What `mesh init` is asked for.
struct InitRequest {
  /// Kubeconfigs, or folders with them; empty: what $KUBECONFIG or ~/.kube/config says.
  std::vector<std::string> sources = {};
  /// Globs that choose contexts; empty: all.
  std::vector<std::string> contexts = {};
  /// The file to write; `-`: none, the text is only returned.
  std::string out = "mesh.toml";
  /// An existing file is replaced.
  bool force = false;
  /// Empty: chosen by what is found.
  std::string mesh_name = {};
  /// Of one cluster's answers.
  std::chrono::milliseconds budget{15'000};
  /// Clusters asked at once; 0: all.
  int parallelism = 0;
  LogRequest log = {};
};

/// What was written.
struct WrittenSpec {
  std::string text = {};
  std::string mesh = {};
  std::size_t clusters = 0;
  std::size_t left_out = 0;
  /// Lines that begin with `check:`.
  std::size_t doubts = 0;
  /// Some cluster is missing from the spec.
  bool incomplete = false;
  Diagnostics diagnostics = {};
};

/// Reads the kubeconfigs, asks all clusters at once, and writes the spec, at once or not at all. Reads clusters with
/// get and list rights, and no Secret's data. Errors: usage; those of find_contexts, propose_spec and open_log;
/// file_not_writable; cancelled; internal, when the text is not a valid spec. Nothing is written then.
Result<WrittenSpec> init_spec(const InitRequest& request, Env& env);

}  // namespace mesh
