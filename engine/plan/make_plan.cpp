#include "engine/plan/make_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

#include "engine/plan/hold_back.h"
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

struct ComparedActions {
  std::vector<Action> actions = {};
  Diagnostics diagnostics = {};
  References references;
};

/// Two passes: what others refer to is decided before them.
ComparedActions compare_all(const std::vector<const DesiredAction*>& selected, const PlanInput& input,
                            const SchemaTrees& schemas) {
  ComparedActions compared{.references = References(selected, input.live)};
  compared.actions.resize(selected.size());
  const std::string manager = field_manager_of(input.mesh);
  const ActionInput context{input.mesh, manager, input.intent, input.live, schemas, compared.references};
  for (const bool referring : {false, true}) {
    for (std::size_t i = 0; i < selected.size(); ++i) {
      if (has_references(*selected[i]) != referring) continue;
      PlannedAction planned = plan_action(*selected[i], context);
      append(compared.diagnostics, as_reading_problems(std::move(planned.diagnostics)));
      for (const auto& [id, fate] : planned.fates) compared.references.set_fate(selected[i]->cluster, id, fate);
      compared.actions[i] = std::move(planned.action);
    }
  }
  return compared;
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
std::vector<Numbers> dependencies_of(const std::vector<const DesiredAction*>& selected,
                                     const std::unordered_map<std::string_view, std::size_t>& numbers) {
  std::vector<Numbers> depends_on(selected.size());
  for (std::size_t i = 0; i < selected.size(); ++i) {
    for (const Address& address : selected[i]->depends_on) {
      const auto needed = numbers.find(address.text);
      if (needed == numbers.end()) continue;
      const bool needed_goes = selected[needed->second]->presence == Presence::absent;
      if (selected[i]->presence == Presence::present && needed_goes) continue;
      if (!needed_goes) {
        depends_on[i].push_back(needed->second);
      } else {
        depends_on[needed->second].push_back(i);
      }
    }
  }
  for (Numbers& list : depends_on) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return depends_on;
}

/// The addresses behind the numbers, sorted.
std::vector<Address> addresses_of(const Numbers& numbers, const std::vector<Action>& actions) {
  std::vector<Address> addresses;
  addresses.reserve(numbers.size());
  for (const std::size_t number : numbers) addresses.push_back(actions[number].address);
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

/// The clusters of a plan, and what the reading of all brought.
struct Reading {
  std::vector<PlannedCluster> clusters = {};
  Diagnostics diagnostics = {};
};

/// Of clusters that nobody chose only what leaves a chosen action unknown.
Reading report_reading(const PlanInput& input, const std::vector<Action>& actions) {
  Reading reading;
  std::set<std::string> missed_peers;
  for (const Action& action : actions) {
    if (action.operation == Operation::unknown && action.peer) missed_peers.insert(*action.peer);
  }
  for (const auto& [name, state] : input.live.clusters) {
    if (state.renamed_to() != nullptr) continue;
    const Diagnostics* why = state.unreachable();
    const bool concerns = leaves_any_of(name, input.only, input.exclude) || missed_peers.contains(name);
    if (!concerns && (state.left_out() || why != nullptr)) continue;
    if (why != nullptr) append(reading.diagnostics, as_reading_problems(*why));
    if (state.left_out()) continue;
    reading.clusters.push_back({.name = name,
                                .reachable = why == nullptr,
                                .server_version = state.server_version,
                                .uids = state.uids,
                                .error = why == nullptr ? Diagnostics() : *why});
    if (concerns) append(reading.diagnostics, state.diagnostics);
  }
  return reading;
}

/// Warns of each Secret whose content stands in an annotation, unless the reading said so already.
Diagnostics warn_of_credentials(const Plan& plan) {
  Diagnostics found;
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
  return found;
}

/// Warns of each action that has nothing to write and yet is not done: what an earlier apply wrote is not ready.
Diagnostics warn_of_waits(const Plan& plan) {
  Diagnostics found;
  for (const Action& action : plan.actions) {
    if (!only_waits(action)) continue;
    found.push_back(
        {.code = Code::not_ready,
         .severity = Severity::warning,
         .where = action.address.text,
         .summary = "no changes, but not ready yet",
         .cause = action.reason,
         .hint = "`mesh apply` waits for it, and fails when --timeout is over; look at the object's events"});
  }
  return found;
}

/// Warns of each action that a writing one depends on, that was not chosen, and that has changes as far as was read.
Diagnostics warn_of_needs(const std::vector<const DesiredAction*>& selected, const ComparedActions& compared,
                          const PlanInput& input, const SchemaTrees& schemas) {
  Diagnostics found;
  if (input.only.empty() && input.exclude.empty()) return found;
  std::unordered_map<std::string_view, const DesiredAction*> others;
  for (const DesiredAction& action : input.desired.actions) others.emplace(action.address.text, &action);
  for (const DesiredAction* action : selected) others.erase(action->address.text);
  const std::string manager = field_manager_of(input.mesh);
  const ActionInput context{input.mesh, manager, input.intent, input.live, schemas, compared.references};
  for (std::size_t i = 0; i < selected.size(); ++i) {
    const Action& action = compared.actions[i];
    if (!writes(action)) continue;
    for (const Address& need : selected[i]->depends_on) {
      const auto other = others.find(need.text);
      if (other == others.end() || other->second->presence == Presence::absent) continue;
      if (!writes(plan_action(*other->second, context).action)) continue;
      found.push_back({.code = Code::incomplete,
                       .severity = Severity::warning,
                       .where = fmt::format("{} depends on {}", action.address.text, need.text),
                       .summary = "a required action has pending changes but is not selected",
                       .cause = fmt::format("{} has changes to make", need.text),
                       .hint = fmt::format("choose {} as well", need.text)});
    }
  }
  return found;
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
  const std::vector<Numbers> depends_on = dependencies_of(*selected, *numbers);

  Plan plan;
  plan.mesh = input.mesh;
  plan.spec_digest = input.spec_digest;
  plan.intent = input.intent;
  plan.only = input.only;
  plan.exclude = input.exclude;
  plan.diagnostics = input.desired.diagnostics;
  const SchemaTrees schemas(input.schemas);
  ComparedActions compared = compare_all(*selected, input, schemas);
  Diagnostics found = std::move(compared.diagnostics);
  append(found, warn_of_needs(*selected, compared, input, schemas));
  std::vector<Action>& actions = compared.actions;
  Reading reading = report_reading(input, actions);
  append(plan.diagnostics, std::move(reading.diagnostics));
  plan.clusters = std::move(reading.clusters);

  std::vector<std::string_view> names;
  names.reserve(actions.size());
  for (const Action& action : actions) names.push_back(action.address.text);
  Result<Numbers> ordered = order(names, depends_on);
  if (!ordered) return failure(std::move(ordered.error()));
  for (std::size_t i = 0; i < actions.size(); ++i) actions[i].depends_on = addresses_of(depends_on[i], actions);

  plan.actions.reserve(actions.size());
  for (const std::size_t node : *ordered) plan.actions.push_back(std::move(actions[node]));
  plan.complete =
      std::all_of(plan.clusters.begin(), plan.clusters.end(), [](const auto& cluster) { return cluster.reachable; }) &&
      std::none_of(plan.actions.begin(), plan.actions.end(),
                   [](const Action& action) { return action.operation == Operation::unknown; });
  std::map<std::string, Diagnostics> of_cluster = input.desired.of_cluster;
  std::erase_if(of_cluster, [&](const auto& one) { return !leaves_any_of(one.first, input.only, input.exclude); });
  hold_clusters(plan, of_cluster);
  append(found, warn_of_credentials(plan));
  append(found, warn_of_waits(plan));
  add_new(plan.diagnostics, found);
  return plan;
}

}  // namespace mesh
