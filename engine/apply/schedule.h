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

struct ScheduleLimits {
  /// Actions of one cluster under way at once.
  int per_cluster = 32;
  /// Clusters whose gateways are changed at once, each healthy before the next; 0: all.
  int batch = 0;
};

/// What becomes of actions that have not started when nothing runs any more: `cycle` is left only by a plan with one.
enum class GiveUp { stopped, failures, cycle };

/// What is due: which actions of a plan may start, which wait, which must be skipped. Knows no threads; used by one.
class Schedule {
 public:
  Schedule(const Plan& plan, const ScheduleLimits& limits);

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
  /// Everything that has not started is given up. Call when nothing runs.
  std::vector<Settled> give_up(GiveUp why);

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
  bool changes_gateway(std::size_t index) const;
  /// False: as many gateways as a batch has are being changed, and this one waits.
  bool take_place_in_batch(std::size_t index);
  void end_in_batch(Outcome outcome, std::vector<Settled>& reports);
  void settle(std::size_t index);
  void skip_unknown();
  void skip_users(std::size_t index, Code code, std::vector<Settled>& reports);

  const Plan& plan_;
  const std::size_t per_cluster_;
  /// Gateways that may be changed at once, those that are, and those that wait. Nothing starts after one that failed.
  const std::size_t batch_;
  std::size_t in_batch_ = 0;
  std::deque<std::size_t> next_batch_;
  bool batch_failed_ = false;
  std::vector<Node> nodes_;
  std::vector<Settled> skipped_;
  std::map<std::string, std::deque<std::size_t>> due_;
  std::map<std::string, std::size_t> running_;
  /// Clusters with something due and room for it; taken in turn, so that none waits for another's long queue.
  std::deque<std::string> turns_;
  std::set<std::string> has_turn_;
};

}  // namespace mesh
