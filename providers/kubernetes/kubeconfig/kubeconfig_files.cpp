#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "engine/jobs/files.h"

namespace mesh::kubernetes {
namespace {

std::string value_of(const Environment& environment, const char* name) {
  const auto it = environment.find(name);
  return it == environment.end() ? std::string() : it->second;
}

}  // namespace

ReadFile file_reader(std::stop_token stop) {
  return [stop = std::move(stop)](const std::filesystem::path& path) {
    auto content = read_file(path, {.bytes = largest_kubeconfig, .stop = stop});
    if (content) return content;
    for (Diagnostic& why : content.error()) {
      why.cause = fmt::format("{}: {}", path.string(), why.cause);
      why.hint = "check the path and its permissions";
    }
    return content;
  };
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
