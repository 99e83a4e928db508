#include "engine/apply/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace mesh {
namespace {

/// `root` is what was not carried out, or could not be: the action itself or one that it depends_on.
ActionReport skipped(const Action& action, Code code, const Action& root) {
  const bool itself = action.address == root.address;
  Diagnostic why{.code = code, .where = fmt::format("cluster {}", action.cluster)};
  if (code == Code::incomplete) {
    why.summary = "not planned";
    why.cause = !itself ? fmt::format("it depends on {}, of which nothing could be read", root.address.text)
                : action.reason.empty() ? "what it needs to know could not be read when the plan was made"
                                        : action.reason;
    why.hint = "plan again when the cluster answers";
  } else if (code == Code::ground_moved) {
    why.summary = itself ? "held back" : "an action that it depends on was held back";
    why.cause = itself ? action.reason : fmt::format("it depends on {}: {}", root.address.text, root.reason);
    why.hint = "plan again, review, apply";
  } else {
    why.summary = "an action that it depends on was not done";
    why.cause = fmt::format("it depends on {}", root.address.text);
    why.hint = "fix that action, then plan again";
  }
  return {.address = action.address, .outcome = Outcome::skipped, .error = {std::move(why)}};
}

ActionReport cancelled(const Action& action) {
  return {.address = action.address,
          .outcome = Outcome::cancelled,
          .error = {{.code = Code::cancelled,
                     .where = fmt::format("cluster {}", action.cluster),
                     .summary = "stopped before it started",
                     .cause = "nothing of it was written",
                     .hint = "apply again to go on"}}};
}

ActionReport not_started(const Action& action, const char* why, const char* hint) {
  return {.address = action.address,
          .outcome = Outcome::skipped,
          .error = {{.code = Code::dependency_failed,
                     .where = fmt::format("cluster {}", action.cluster),
                     .summary = "not started",
                     .cause = why,
                     .hint = hint}}};
}

ActionReport after_failures(const Action& action) {
  return not_started(action, "as many actions failed as --max-failures lets fail", "fix those, then apply again");
}

ActionReport after_batch(const Action& action) {
  return not_started(action,
                     "with --batch a gateway is changed when those before it are healthy, and one of them is not",
                     "fix that gateway, then apply again");
}

ActionReport never_due(const Action& action) {
  return {.address = action.address,
          .outcome = Outcome::failed,
          .error = {{.code = Code::plan_invalid,
                     .where = fmt::format("cluster {}", action.cluster),
                     .summary = "dependency cycle",
                     .cause = fmt::format("{} depends, through others, on itself", action.address.text),
                     .hint = "plan again"}}};
}

}  // namespace

Schedule::Schedule(const Plan& plan, const ScheduleLimits& limits)
    : plan_(plan),
      per_cluster_(static_cast<std::size_t>(std::max(1, limits.per_cluster))),
      batch_(limits.batch > 0 ? static_cast<std::size_t>(limits.batch) : plan.actions.size()),
      nodes_(plan.actions.size()) {
  std::unordered_map<std::string_view, std::size_t> index_of;
  index_of.reserve(plan.actions.size());
  for (std::size_t i = 0; i < plan.actions.size(); ++i) index_of.emplace(plan.actions[i].address.text, i);
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    nodes_[i].works = writes(plan.actions[i]) || only_waits(plan.actions[i]);
    nodes_[i].unknown = plan.actions[i].operation == Operation::unknown;
    for (const Address& need : plan.actions[i].depends_on) {
      // A need outside of the plan was left out on purpose.
      const auto found = index_of.find(need.text);
      if (found == index_of.end() || found->second == i) continue;
      nodes_[found->second].users.push_back(i);
      ++nodes_[i].open_needs;
    }
  }
  skip_unknown();
  // Collected first: making one due may settle its users, which must not be made due twice.
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].open_needs == 0 && !nodes_[i].settled) roots.push_back(i);
  }
  for (const std::size_t root : roots) make_due(root);
}

void Schedule::make_due(std::size_t index) {
  if (!nodes_[index].works) {
    settle(index);
    return;
  }
  if (!take_place_in_batch(index)) return;
  const std::string& cluster = plan_.actions[index].cluster;
  due_[cluster].push_back(index);
  if (running_[cluster] < per_cluster_ && has_turn_.insert(cluster).second) turns_.push_back(cluster);
}

bool Schedule::changes_gateway(std::size_t index) const { return plan_.actions[index].kind == ActionKind::gateway; }

bool Schedule::take_place_in_batch(std::size_t index) {
  if (!changes_gateway(index)) return true;
  if (in_batch_ < batch_ && !batch_failed_) {
    ++in_batch_;
    return true;
  }
  next_batch_.push_back(index);
  return false;
}

void Schedule::end_in_batch(Outcome outcome, std::vector<Settled>& reports) {
  --in_batch_;
  if (outcome != Outcome::done && batch_ < plan_.actions.size()) batch_failed_ = true;
  if (!batch_failed_) {
    if (next_batch_.empty()) return;
    const std::size_t next = next_batch_.front();
    next_batch_.pop_front();
    return make_due(next);
  }
  // Also those that are not due yet: what they wait for may still be done.
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const bool waits = std::find(next_batch_.begin(), next_batch_.end(), i) != next_batch_.end();
    if (nodes_[i].settled || !nodes_[i].works || !changes_gateway(i) || !(waits || nodes_[i].open_needs > 0)) continue;
    nodes_[i].settled = true;
    reports.push_back({i, after_batch(plan_.actions[i])});
    skip_users(i, Code::dependency_failed, reports);
  }
  next_batch_.clear();
}

/// Nothing is (or remains) to do; users may go on. Iterative: chains of unchanged actions can be long.
void Schedule::settle(std::size_t index) {
  std::vector<std::size_t> stack = {index};
  while (!stack.empty()) {
    const std::size_t at = stack.back();
    stack.pop_back();
    nodes_[at].settled = true;
    for (const std::size_t user : nodes_[at].users) {
      if (--nodes_[user].open_needs > 0 || nodes_[user].settled) continue;
      if (nodes_[user].works) {
        make_due(user);
      } else {
        stack.push_back(user);
      }
    }
  }
}

std::optional<std::size_t> Schedule::start_next() {
  while (!turns_.empty()) {
    const std::string cluster = std::move(turns_.front());
    turns_.pop_front();
    has_turn_.erase(cluster);
    std::deque<std::size_t>& due = due_[cluster];
    std::size_t& running = running_[cluster];
    if (due.empty() || running >= per_cluster_) continue;
    const std::size_t index = due.front();
    due.pop_front();
    ++running;
    if (!due.empty() && running < per_cluster_) {
      has_turn_.insert(cluster);
      turns_.push_back(cluster);
    }
    return index;
  }
  return std::nullopt;
}

std::vector<Schedule::Settled> Schedule::ended(std::size_t index, Outcome outcome) {
  std::vector<Settled> reports;
  const std::string& cluster = plan_.actions[index].cluster;
  --running_[cluster];
  if (!due_[cluster].empty() && has_turn_.insert(cluster).second) turns_.push_back(cluster);
  if (outcome == Outcome::done) {
    settle(index);
  } else {
    nodes_[index].settled = true;
    skip_users(index, Code::dependency_failed, reports);
  }
  if (changes_gateway(index)) end_in_batch(outcome, reports);
  return reports;
}

void Schedule::skip_users(std::size_t index, Code code, std::vector<Settled>& reports) {
  const Action& root = plan_.actions[index];
  std::vector<std::size_t> stack = {index};
  while (!stack.empty()) {
    const std::size_t at = stack.back();
    stack.pop_back();
    for (const std::size_t user : nodes_[at].users) {
      if (nodes_[user].settled) continue;
      nodes_[user].settled = true;
      if (has_something_to_do(user)) reports.push_back({user, skipped(plan_.actions[user], code, root)});
      stack.push_back(user);
    }
  }
}

void Schedule::skip_unknown() {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i].unknown || nodes_[i].settled) continue;
    nodes_[i].settled = true;
    const Action& action = plan_.actions[i];
    skipped_.push_back({i, skipped(action, action.unknown_for, action)});
    skip_users(i, action.unknown_for, skipped_);
  }
}

std::vector<Schedule::Settled> Schedule::give_up(GiveUp why) {
  std::vector<Settled> reports;
  due_.clear();
  turns_.clear();
  has_turn_.clear();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].settled || !has_something_to_do(i)) continue;
    nodes_[i].settled = true;
    const Action& action = plan_.actions[i];
    reports.push_back({i, why == GiveUp::stopped    ? cancelled(action)
                          : why == GiveUp::failures ? after_failures(action)
                                                    : never_due(action)});
  }
  return reports;
}

}  // namespace mesh
