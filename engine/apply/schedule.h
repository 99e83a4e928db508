#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/plan.h"
#include "engine/model/report.h"

namespace mesh {

/// What is due: which actions of a plan may start, which wait, which must be skipped. Knows no threads; used by one.
class Schedule {
 public:
  /// `per_cluster`: actions of one cluster under way at once.
  Schedule(const Plan& plan, int per_cluster);

  /// A report of an action that is not carried out.
  struct Settled {
    std::size_t index = 0;
    ActionReport report = {};
  };

  /// Unknown actions and those that need one, known from the beginning. Call once.
  std::vector<Settled> take_skipped() { return std::move(skipped_); }
  /// The next action to start, as an index into the plan's actions; nothing while none may start.
  std::optional<std::size_t> start_next();
  /// An action that was started has ended. Those that needed it become due, or are skipped when it was not done;
  /// returns the reports of the skipped.
  std::vector<Settled> ended(std::size_t index, Outcome outcome);
  /// Everything that has not started is given up. Call when nothing runs: after a stop, and at the end, when only a
  /// plan with a dependency cycle leaves anything.
  std::vector<Settled> give_up(bool stopped);

  /// Whether the action belongs into the report: it changes something, waits, or is unknown.
  bool has_something_to_do(std::size_t index) const { return nodes_[index].works || nodes_[index].unknown; }

 private:
  struct Node {
    /// Something is carried out: a change, or a wait.
    bool works = false;
    bool unknown = false;
    bool settled = false;
    std::size_t open_needs = 0;
    std::vector<std::size_t> users;
  };

  void make_due(std::size_t index);
  void settle(std::size_t index);
  void skip_unknown();
  void skip_users(std::size_t index, Code code, std::vector<Settled>& reports);

  const Plan& plan_;
  const std::size_t per_cluster_;
  std::vector<Node> nodes_;
  std::vector<Settled> skipped_;
  std::map<std::string, std::deque<std::size_t>> due_;
  std::map<std::string, std::size_t> running_;
  /// Clusters with something due and room for it; taken in turn, so that none waits for another's long queue.
  std::deque<std::string> turns_;
  std::set<std::string> has_turn_;
};

}  // namespace mesh
