#include "engine/jobs/this_run.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

namespace mesh {
namespace {

std::string host_name() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') return "localhost";
  return host.data();
}

std::string user_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  // Containers often run under a number without a name.
  return fmt::format("uid-{}", geteuid());
}

}  // namespace

std::optional<std::string> variable_of_process(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

std::string who_runs() { return fmt::format("{}@{}", user_name(), host_name()); }

namespace {

/// Without user, password and query: it is written where others read it.
std::string without_credentials(std::string url) {
  url.erase(std::min(url.find('?'), url.size()));
  const auto start = url.find("://");
  if (start == std::string::npos) return url;
  const auto end = std::min(url.find('/', start + 3), url.size());
  const auto at = url.rfind('@', end - 1);
  if (at != std::string::npos && at > start) url.erase(start + 3, at + 1 - (start + 3));
  return url;
}

}  // namespace

std::string ci_run_url(const LookUpVariable& variable) {
  const auto server = variable("GITHUB_SERVER_URL");
  const auto repository = variable("GITHUB_REPOSITORY");
  const auto run = variable("GITHUB_RUN_ID");
  if (server && repository && run) {
    return without_credentials(fmt::format("{}/{}/actions/runs/{}", *server, *repository, *run));
  }
  for (const char* name : {"CI_JOB_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL", "BUILD_URL"}) {
    if (auto url = variable(name)) return without_credentials(std::move(*url));
  }
  const auto collection = variable("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI");
  const auto project = variable("SYSTEM_TEAMPROJECT");
  const auto build = variable("BUILD_BUILDID");
  if (collection && project && build) {
    return fmt::format("{}{}/_build/results?buildId={}", *collection, *project, *build);
  }
  return {};
}

std::string new_run_id() {
  std::random_device random;
  return fmt::format("{}/{}-{:08x}{:08x}", who_runs(), getpid(), random(), random());
}

}  // namespace mesh
