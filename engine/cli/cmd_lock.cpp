#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "engine/base/printable.h"
#include "engine/cli/commands.h"

namespace mesh::cli {
namespace {

struct Found {
  std::string cluster;
  Result<std::optional<ClusterLock>> lock;
};

/// A lock is written by others, and shown on a terminal.
std::string line_of(const std::string& cluster, const ClusterLock& lock) {
  const LockHolder& holder = lock.holder;
  std::string state = lock.held()          ? fmt::format("expires in {} s unless renewed", lock.left.count())
                      : holder.run.empty() ? "released, the run did not end"
                                           : fmt::format("expired {} s ago", -lock.left.count());
  return printable(
      fmt::format("{}: {}, last heard of {} s ago, {}", cluster, to_string(holder), lock.age.count(), state));
}

std::vector<Found> look(Workspace& workspace, const std::vector<std::string>& clusters, const Env& env) {
  std::vector<Found> found;
  for (const std::string& cluster : clusters) {
    found.push_back({cluster, workspace.provider->locks().read(cluster, env.stop)});
  }
  return found;
}

int list(const std::vector<Found>& found, Console& console) {
  Diagnostics problems;
  for (const Found& one : found) {
    if (!one.lock) {
      append(problems, one.lock.error());
    } else {
      console.results() << (*one.lock ? line_of(one.cluster, **one.lock) : one.cluster + ": free") << '\n';
    }
  }
  return problems.empty() ? exit_done : console.fail(problems);
}

bool agreed(const Options& options, Console& console, const Env& env) {
  if (options.auto_approve) return true;
  fmt::print(console.messages(),
             "A run that is alive stops when its lock is released, and two runs at once can break the mesh.\n"
             "Release? Only `yes` will be accepted: ");
  console.messages().flush();
  const auto answer = env.ask ? env.ask() : std::nullopt;
  return answer && *answer == "yes";
}

int release(const Options& options, Workspace& workspace, const std::vector<Found>& found, Console& console, Env& env) {
  if (const int code = list(found, console); code != exit_done) return code;
  const bool any = std::any_of(found.begin(), found.end(), [](const Found& one) { return one.lock->has_value(); });
  if (!any) return exit_done;
  console.results().flush();
  if (!agreed(options, console, env)) {
    return console.fail({{.code = Code::not_confirmed,
                          .summary = "nothing was released",
                          .cause = "the question was not answered with `yes`",
                          .hint = "answer `yes`, or give --auto-approve"}});
  }
  Diagnostics problems;
  for (const Found& one : found) {
    if (!*one.lock) continue;
    auto gone = workspace.provider->locks().revoke(one.cluster, **one.lock);
    if (gone) {
      fmt::print(console.messages(), "Released the lock of {}.\n", one.cluster);
    } else {
      append(problems, std::move(gone.error()));
    }
  }
  return problems.empty() ? exit_done : console.fail(problems);
}

}  // namespace

int cmd_lock(const Options& options, Env& env) {
  Console console = console_of(options, env);
  WorkspaceRequest request = reading_request(options);
  // Of the clusters only the locks are read.
  request.clusters.emplace();
  auto workspace = open_workspace(std::move(request), env);
  if (!workspace) return console.fail(workspace.error());
  std::vector<std::string> clusters = options.clusters;
  if (clusters.empty()) {
    for (const auto& [name, cluster] : workspace->spec.clusters) clusters.push_back(name);
  }
  const auto found = look(*workspace, clusters, env);
  const int code =
      options.lock_action == "list" ? list(found, console) : release(options, *workspace, found, console, env);
  return leave(*workspace, code, env);
}

}  // namespace mesh::cli
