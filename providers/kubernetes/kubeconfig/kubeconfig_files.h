#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "providers/kubernetes/kubeconfig/kubeconfig.h"

namespace mesh::kubernetes {

/// Names and values of environment variables.
using Environment = std::map<std::string, std::string>;

/// Content of a file. Errors: file_not_readable.
using ReadFile = std::function<Result<std::string>(const std::filesystem::path&)>;

/// Reads and merges kubeconfig files as kubectl does: those named must exist; without any, those of `$KUBECONFIG`
/// (missing ones are skipped), else `~/.kube/config`. Errors: those of parse_kubeconfig, file_not_readable.
Result<Kubeconfig> load_kubeconfigs(const std::vector<std::filesystem::path>& named, const Environment& environment,
                                    const ReadFile& read);

/// Of a kubeconfig, and of a file that it names.
constexpr std::size_t largest_kubeconfig = std::size_t{8} << 20U;

/// Reads from the disk. A pipe is read as well, as kubectl does: for ten seconds, and until a stop.
ReadFile file_reader(std::stop_token stop = {});

}  // namespace mesh::kubernetes
