#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace mesh::kubernetes {
namespace {

tl::unexpected<Diagnostics> not_readable(const std::filesystem::path& path, const std::string& why) {
  return failure(Diagnostic{.code = Code::file_not_readable,
                            .at = Position{path.string(), 0, 0},
                            .summary = "file cannot be read",
                            .cause = fmt::format("{}: {}", path.string(), why),
                            .hint = "check the path and its permissions"});
}

std::string value_of(const Environment& environment, const char* name) {
  const auto it = environment.find(name);
  return it == environment.end() ? std::string() : it->second;
}

}  // namespace

Result<std::string> read_whole_file(const std::filesystem::path& path) {
  constexpr std::uintmax_t largest = 8U << 20U;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return not_readable(path, std::strerror(EISDIR));
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return not_readable(path, errno != 0 ? std::strerror(errno) : "it cannot be opened");
  if (const auto size = std::filesystem::file_size(path, error); !error && size > largest) {
    return not_readable(path, fmt::format("it has {} bytes", size));
  }
  std::ostringstream content;
  content << in.rdbuf();
  if (in.bad()) return not_readable(path, "reading failed");
  return std::move(content).str();
}

Result<Kubeconfig> load_kubeconfigs(const std::vector<std::filesystem::path>& named, const Environment& environment,
                                    const ReadFile& read) {
  struct Candidate {
    std::filesystem::path path;
    bool required;
  };
  std::vector<Candidate> candidates;
  for (const auto& path : named) candidates.push_back({path, true});
  if (candidates.empty()) {
    std::istringstream list(value_of(environment, "KUBECONFIG"));
    for (std::string entry; std::getline(list, entry, ':');) {
      if (!entry.empty()) candidates.push_back({entry, false});
    }
  }
  if (candidates.empty()) {
    const std::string home = value_of(environment, "HOME");
    if (!home.empty()) candidates.push_back({std::filesystem::path(home) / ".kube/config", false});
  }
  Diagnostics problems;
  std::vector<Kubeconfig> files;
  for (const Candidate& candidate : candidates) {
    std::error_code error;
    if (!candidate.required && !std::filesystem::exists(candidate.path, error)) continue;
    auto file = read(candidate.path).and_then([&](const std::string& text) -> tl::expected<Kubeconfig, Diagnostics> {
      return parse_kubeconfig(text, candidate.path);
    });
    if (file) {
      files.push_back(std::move(*file));
    } else {
      append(problems, file.error());
    }
  }
  if (has_errors(problems)) return failure(std::move(problems));
  if (files.empty()) {
    return failure(Diagnostic{.code = Code::kubeconfig_invalid,
                              .summary = "no kubeconfig was found",
                              .cause = candidates.empty()
                                           ? "neither KUBECONFIG nor HOME is set"
                                           : fmt::format("{} does not exist", candidates[0].path.string()),
                              .hint = "set `kubeconfig` in the cluster's table"});
  }
  return merge_kubeconfigs(files);
}

}  // namespace mesh::kubernetes
