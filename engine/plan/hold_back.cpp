#include "engine/plan/hold_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/model/live_state.h"

namespace mesh {
namespace {

bool has_something_to_do(const Action& action) { return writes(action) || only_waits(action); }

void make_unknown(Action& action, std::string reason) {
  action.operation = Operation::unknown;
  action.reason = std::move(reason);
  action.objects.clear();
  action.waits_for.clear();
  action.interrupts.clear();
}

bool concerns(const Hold& hold, const Action& action) {
  if (hold.peer.empty()) return action.cluster == hold.cluster;
  if (!action.peer) return false;
  return (action.cluster == hold.cluster && *action.peer == hold.peer) ||
         (action.cluster == hold.peer && *action.peer == hold.cluster);
}

/// In the plan's order every need comes before its user.
void spread(Plan& plan) {
  std::set<Address> unknown;
  for (Action& action : plan.actions) {
    if (has_something_to_do(action)) {
      const auto need = std::find_if(action.depends_on.begin(), action.depends_on.end(),
                                     [&](const Address& one) { return unknown.contains(one); });
      if (need != action.depends_on.end()) make_unknown(action, fmt::format("it needs {}", need->text));
    }
    if (action.operation == Operation::unknown) unknown.insert(action.address);
  }
  if (!unknown.empty()) plan.complete = false;
}

}  // namespace

void hold_back(Plan& plan, const std::vector<Hold>& holds) {
  for (Action& action : plan.actions) {
    if (!has_something_to_do(action)) continue;
    const auto hold = std::find_if(holds.begin(), holds.end(), [&](const Hold& one) { return concerns(one, action); });
    if (hold != holds.end()) make_unknown(action, hold->why);
  }
  spread(plan);
}

void hold_clusters(Plan& plan, const std::map<std::string, Diagnostics>& problems) {
  std::map<std::string, std::string> why;
  for (const auto& [cluster, found] : problems) {
    for (const Diagnostic& problem : found) {
      const bool holds = problem.severity == Severity::error && !refuses_plan(problem);
      if (holds) why.emplace(cluster, fmt::format("cluster {}: {}", cluster, problem.summary));
      append(plan.diagnostics, holds ? as_reading_problems({problem}) : Diagnostics{problem});
    }
  }
  for (Action& action : plan.actions) {
    const auto own = why.find(action.cluster);
    // What discovers it may still be taken away.
    const bool goes = action.operation == Operation::delete_ || !has_something_to_do(action);
    const auto of_peer = action.peer && !goes ? why.find(*action.peer) : why.end();
    if (own != why.end()) {
      make_unknown(action, own->second);
    } else if (of_peer != why.end()) {
      make_unknown(action, of_peer->second);
    }
  }
  if (!why.empty()) plan.complete = false;
  spread(plan);
}

bool refuses_plan(const Diagnostic& problem) {
  return problem.severity == Severity::error && (problem.code == Code::protected_cluster ||
                                                 problem.code == Code::same_cluster || problem.code == Code::internal);
}

}  // namespace mesh
