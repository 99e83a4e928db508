#include "engine/workspace/log_decisions.h"

#include <string>

namespace mesh {
namespace {

using nlohmann::ordered_json;

void log_cluster(Log& log, const ClusterState& cluster) {
  ordered_json fields = {{"cluster", cluster.name}, {"server", cluster.server}};
  if (const Diagnostics* why = cluster.unreachable()) {
    fields["reason"] = why->empty() ? "" : why->front().summary + ": " + why->front().cause;
    log.write(LogLevel::decisions, "cluster unreachable", fields);
  } else if (cluster.left_out()) {
    log.write(LogLevel::decisions, "cluster not read", fields);
  } else {
    fields["version"] = cluster.server_version;
    fields["objects"] = cluster.found.size();
    if (const std::string* to = cluster.renamed_to()) fields["renamed_to"] = *to;
    log.write(LogLevel::decisions, "cluster read", fields);
  }
}

}  // namespace

void log_opened(const Workspace& workspace) {
  Log* log = workspace.log.get();
  if (!logs(log, LogLevel::decisions)) return;
  log->write(LogLevel::decisions, "spec read",
             {{"file", workspace.request.spec_file},
              {"mesh", workspace.spec.mesh.name},
              {"clusters", workspace.spec.clusters.size()}});
  log->write(LogLevel::decisions, "last snapshot",
             {{"repo", workspace.spec.state.repo.string()},
              {"commit", workspace.last ? ordered_json(workspace.last->commit.substr(0, 12)) : ordered_json(nullptr)}});
  for (const auto& [name, cluster] : workspace.removed) {
    log->write(LogLevel::decisions, "cluster removed from the spec", {{"cluster", name}});
  }
  for (const auto& [name, cluster] : workspace.live.clusters) log_cluster(*log, cluster);
}

void log_plan(const Workspace& workspace, const Plan& plan) {
  if (!logs(workspace.log.get(), LogLevel::decisions)) return;
  for (const Action& action : plan.actions) {
    workspace.log->write(LogLevel::decisions, "planned",
                         {{"action", action.address.text},
                          {"operation", to_string(action.operation)},
                          {"reason", action.reason},
                          {"waits_for", action.waits_for.size()}});
  }
}

void log_report(const Workspace& workspace, const Report& report) {
  if (!logs(workspace.log.get(), LogLevel::decisions)) return;
  for (const ActionReport& action : report.actions) {
    ordered_json fields = {{"action", action.address.text},
                           {"outcome", to_string(action.outcome)},
                           {"attempts", action.attempts},
                           {"milliseconds", action.took.count()}};
    if (!action.error.empty()) fields["reason"] = action.error.front().summary + ": " + action.error.front().cause;
    workspace.log->write(LogLevel::decisions, "carried out", fields);
  }
  if (!report.snapshot.empty()) {
    workspace.log->write(LogLevel::decisions, "recorded", {{"commit", report.snapshot.substr(0, 12)}});
  }
}

}  // namespace mesh
