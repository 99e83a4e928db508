#include "engine/plan/make_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "engine/plan/order.h"
#include "engine/plan/plan_action.h"
#include "engine/plan/select.h"

namespace mesh {
namespace {

using Numbers = std::vector<std::size_t>;

bool has_references(const DesiredAction& action) {
  return std::any_of(action.objects.begin(), action.objects.end(),
                     [](const DesiredObject& object) { return !object.references.empty(); });
}

/// Two passes: what others refer to is decided before them.
std::vector<Action> compare_all(const std::vector<const DesiredAction*>& selected, const ActionInput& input) {
  std::vector<Action> actions(selected.size());
  for (const bool referring : {false, true}) {
    for (std::size_t i = 0; i < selected.size(); ++i) {
      if (has_references(*selected[i]) == referring) actions[i] = plan_action(*selected[i], input);
    }
  }
  return actions;
}

Result<std::unordered_map<std::string_view, std::size_t>> number(const std::vector<const DesiredAction*>& selected) {
  std::unordered_map<std::string_view, std::size_t> numbers;
  numbers.reserve(selected.size());
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (numbers.emplace(selected[i]->address.text, i).second) continue;
    return failure(Diagnostic{.code = Code::internal,
                              .summary = "two actions have one address",
                              .cause = selected[i]->address.text,
                              .hint = "this is a bug in mesh: please report it"});
  }
  return numbers;
}

/// Needs by number. Between two actions that take away the direction is turned round. One that takes away may need one
/// that brings about (its replacement), never the other way round, so that the two orders cannot close a circle.
std::vector<Numbers> needs_of(const std::vector<const DesiredAction*>& selected,
                              const std::unordered_map<std::string_view, std::size_t>& numbers) {
  std::vector<Numbers> needs(selected.size());
  for (std::size_t i = 0; i < selected.size(); ++i) {
    for (const Address& address : selected[i]->needs) {
      const auto needed = numbers.find(address.text);
      if (needed == numbers.end()) continue;
      const bool needed_goes = selected[needed->second]->presence == Presence::absent;
      if (selected[i]->presence == Presence::present && needed_goes) continue;
      if (!needed_goes) {
        needs[i].push_back(needed->second);
      } else {
        needs[needed->second].push_back(i);
      }
    }
  }
  for (Numbers& list : needs) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return needs;
}

void fill_needs(std::vector<Action>& actions, const std::vector<Numbers>& needs) {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    actions[i].needs.reserve(needs[i].size());
    for (const std::size_t needed : needs[i]) actions[i].needs.push_back(actions[needed].address);
    std::sort(actions[i].needs.begin(), actions[i].needs.end());
  }
}

/// What the reading brought, of clusters that nobody chose only what leaves a chosen action unknown.
void report_reading(const PlanInput& input, const std::vector<Action>& actions, Plan& plan) {
  std::set<std::string> missed_peers;
  for (const Action& action : actions) {
    if (action.operation == Operation::unknown && action.peer) missed_peers.insert(*action.peer);
  }
  for (const auto& [name, state] : input.live.clusters) {
    if (!state.is_now.empty()) continue;
    const bool concerns = leaves_any_of(name, input.only, input.exclude) || missed_peers.contains(name);
    if (!concerns && (state.left_out || state.unreachable)) continue;
    if (state.left_out) {
      if (state.unreachable) append(plan.diagnostics, as_reading_problems(*state.unreachable));
      continue;
    }
    plan.clusters.push_back({.name = name,
                             .reachable = !state.unreachable,
                             .server_version = state.server_version,
                             .uid = state.uid,
                             .error = state.unreachable.value_or(Diagnostics{})});
    if (state.unreachable) {
      plan.complete = false;
      append(plan.diagnostics, as_reading_problems(*state.unreachable));
    }
    if (concerns) append(plan.diagnostics, state.diagnostics);
  }
}

/// Warns of each Secret whose content stands in an annotation, unless the reading said so already.
void warn_of_credentials(const Plan& plan, Diagnostics& found) {
  for (const Action& action : plan.actions) {
    for (const ObjectChange& object : action.objects) {
      if (!holds_secrets(object.id.kind)) continue;
      const bool there = std::any_of(object.fields.begin(), object.fields.end(), [](const FieldChange& change) {
        return !change.path.empty() && change.path.back() == PathElement(FieldName{last_applied_annotation});
      });
      if (!there) continue;
      found.push_back({.code = Code::credential_in_annotation,
                       .severity = Severity::warning,
                       .where = fmt::format("cluster {}: {}", action.cluster, to_string(object.id)),
                       .summary = "an annotation holds the content of a Secret",
                       .cause = fmt::format("client-side apply left it in {}", last_applied_annotation),
                       .hint = fmt::format("mesh apply --only {}", action.address.text)});
    }
  }
}

/// Warns of each action that has nothing to write and yet is not done: what an earlier apply wrote is not ready.
void warn_of_waits(const Plan& plan, Diagnostics& found) {
  for (const Action& action : plan.actions) {
    if (!only_waits(action)) continue;
    found.push_back(
        {.code = Code::not_ready,
         .severity = Severity::warning,
         .where = action.address.text,
         .summary = "nothing is to be changed, but it is not ready",
         .cause = action.reason,
         .hint = "`mesh apply` waits for it, and fails when --timeout is over; look at the object's events"});
  }
}

/// Warns of each action that a writing one needs, that nobody chose, and that is not in order as far as was read.
void warn_of_needs(const std::vector<const DesiredAction*>& selected, const std::vector<Action>& actions,
                   const PlanInput& input, const ActionInput& context) {
  if (input.only.empty() && input.exclude.empty()) return;
  std::unordered_map<std::string_view, const DesiredAction*> others;
  for (const DesiredAction& action : input.desired.actions) others.emplace(action.address.text, &action);
  for (const DesiredAction* action : selected) others.erase(action->address.text);
  Diagnostics unseen;
  const ActionInput quiet{context.mesh, context.intent, context.live, context.schemas, context.references, unseen};
  for (std::size_t i = 0; i < selected.size(); ++i) {
    if (!writes(actions[i])) continue;
    for (const Address& need : selected[i]->needs) {
      const auto other = others.find(need.text);
      if (other == others.end() || other->second->presence == Presence::absent) continue;
      if (!writes(plan_action(*other->second, quiet))) continue;
      context.diagnostics.push_back({.code = Code::incomplete,
                                     .severity = Severity::warning,
                                     .where = fmt::format("{} needs {}", actions[i].address.text, need.text),
                                     .summary = "a needed action is not in order and not part of the plan",
                                     .cause = fmt::format("{} has changes to make", need.text),
                                     .hint = fmt::format("choose {} as well", need.text)});
    }
  }
}

void add_new(Diagnostics& to, const Diagnostics& more) {
  for (const Diagnostic& one : more) {
    const bool known = std::any_of(to.begin(), to.end(), [&](const Diagnostic& other) {
      return other == one || (one.severity == Severity::warning && other.code == one.code && other.where == one.where);
    });
    if (!known) to.push_back(one);
  }
}

}  // namespace

Result<Plan> make_plan(const PlanInput& input) {
  Result<std::vector<const DesiredAction*>> selected = select_actions(input.desired.actions, input.only, input.exclude);
  if (!selected) return failure(std::move(selected.error()));
  auto numbers = number(*selected);
  if (!numbers) return failure(std::move(numbers.error()));
  const std::vector<Numbers> needs = needs_of(*selected, *numbers);

  Plan plan;
  plan.mesh = input.mesh;
  plan.spec_digest = input.spec_digest;
  plan.intent = input.intent;
  plan.only = input.only;
  plan.exclude = input.exclude;
  plan.diagnostics = input.desired.diagnostics;
  for (const auto& [cluster, problems] : input.desired.of_cluster) {
    if (leaves_any_of(cluster, input.only, input.exclude)) append(plan.diagnostics, problems);
  }

  const SchemaTrees schemas(input.schemas);
  References references(*selected, input.live);
  Diagnostics found;
  const ActionInput context{input.mesh, input.intent, input.live, schemas, references, found};
  std::vector<Action> actions = compare_all(*selected, context);
  warn_of_needs(*selected, actions, input, context);
  report_reading(input, actions, plan);

  std::vector<std::string_view> names;
  names.reserve(actions.size());
  for (const Action& action : actions) names.push_back(action.address.text);
  Result<Numbers> ordered = order(names, needs);
  if (!ordered) return failure(std::move(ordered.error()));
  fill_needs(actions, needs);

  plan.actions.reserve(actions.size());
  for (const std::size_t node : *ordered) {
    if (actions[node].operation == Operation::unknown) plan.complete = false;
    plan.actions.push_back(std::move(actions[node]));
  }
  warn_of_credentials(plan, found);
  warn_of_waits(plan, found);
  add_new(plan.diagnostics, found);
  return plan;
}

}  // namespace mesh
