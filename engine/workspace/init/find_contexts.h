#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/init/found_cluster.h"
#include "engine/model/spec.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh {

/// Which contexts `mesh init` looks at.
struct ContextRequest {
  /// Kubeconfigs, or folders with them; empty: what $KUBECONFIG or ~/.kube/config says.
  std::vector<std::filesystem::path> sources = {};
  /// Globs that choose contexts by name; empty: all.
  std::vector<std::string> chosen = {};
  /// Of the file to be written: paths in it are relative to that.
  std::filesystem::path folder = {};
};

/// A context, and the cluster that it leads to: kubeconfig and context as a client takes them, the context's name as
/// the cluster's.
struct ContextOfFile {
  FoundContext context = {};
  ClusterSpec access = {};
};

struct FoundContexts {
  std::vector<ContextOfFile> contexts = {};
  /// Files of a folder that are kubeconfigs and cannot be read, as warnings.
  Diagnostics diagnostics = {};
};

/// Reads the kubeconfigs; in a folder, every file that is one. In order of files and of contexts in them. Errors: those
/// of load_kubeconfigs; usage, for a glob that matches nothing.
Result<FoundContexts> find_contexts(const ContextRequest& request, const kubernetes::Environment& environment,
                                    const kubernetes::ReadFile& read);

}  // namespace mesh
