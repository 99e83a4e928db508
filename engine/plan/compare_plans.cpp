#include "engine/plan/compare_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/model/ground.h"
#include "engine/plan/approval.h"

namespace mesh {
namespace {

/// The actions of the plan that `starts` holds for and all that they need, at whatever distance.
template <class Starts>
std::set<Address> with_needs(const Plan& plan, Starts starts) {
  std::set<Address> needed;
  // In the plan's order every need comes before its user.
  for (auto action = plan.actions.rbegin(); action != plan.actions.rend(); ++action) {
    if (!starts(*action) && !needed.contains(action->address)) continue;
    needed.insert(action->address);
    needed.insert(action->depends_on.begin(), action->depends_on.end());
  }
  return needed;
}

std::string fields_of(const ObjectChange& change) {
  if (change.fields.empty()) return std::string(to_string(operation_of(change)));
  std::string text;
  for (const FieldChange& field : change.fields) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(field.path));
    if (!field.owned_by.empty()) text += fmt::format(" (now of {})", field.owned_by.front().manager);
  }
  return text;
}

const ObjectChange* find_object(const Action& action, const ObjectId& id) {
  const auto it = std::find_if(action.objects.begin(), action.objects.end(),
                               [&](const ObjectChange& change) { return change.id == id; });
  return it == action.objects.end() ? nullptr : &*it;
}

/// The first part in which the two differ, for people.
std::string difference(const ObjectChange& saved, const ObjectChange& fresh) {
  if (operation_of(saved) != operation_of(fresh)) {
    return fmt::format("the plan says {}, a plan made now {}", to_string(operation_of(saved)),
                       to_string(operation_of(fresh)));
  }
  const Ground* was = ground_in(saved);
  const Ground* is = ground_in(fresh);
  if (was != nullptr && is != nullptr && was->uid != is->uid) return "it was deleted and recreated";
  const std::string now = fields_of(fresh);
  const std::string then = fields_of(saved);
  if (now != then) return fmt::format("the plan changes {}, a plan made now {}", then, now);
  return fmt::format("the plan and a plan made now have other values for {}", now);
}

class Comparison {
 public:
  Comparison(const Plan& saved, const Plan& fresh, const LiveState& live) : saved_(saved), fresh_(fresh), live_(live) {
    for (const Action& action : saved.actions) by_address_.emplace(action.address, &action);
  }

  ComparedPlans run() {
    // What an approved action needs is for the fresh plan to say: the file is not trusted.
    const auto approved = [&](const Action& action) {
      const Action* saved = find(action.address);
      return saved != nullptr && writes(*saved);
    };
    const std::set<Address> relied_on = with_needs(fresh_, approved);
    std::set<Address> seen;
    for (const Action& action : fresh_.actions) {
      seen.insert(action.address);
      const Action* saved = find(action.address);
      if (relied_on.contains(action.address)) {
        compare(saved == nullptr ? Action{.address = action.address, .cluster = action.cluster} : *saved, action);
      } else if (writes(action)) {
        leave_out(action);
      } else if (action.operation == Operation::unknown) {
        // Of a cluster that the saved plan does not concern, and that therefore was not read.
        left_out_.insert(action.address);
      }
    }
    for (const auto& [address, action] : by_address_) {
      if (writes(*action) && !seen.contains(address)) refuse_unwanted(*action);
    }
    make_plan_of();
    return std::move(result_);
  }

 private:
  const Action* find(const Address& address) const {
    const auto it = by_address_.find(address);
    return it == by_address_.end() ? nullptr : it->second;
  }

  /// An approved deletion that a plan made now does not want needs nothing once the object is gone.
  bool has_gone(const Action& action, const ObjectChange& change) const {
    if (!std::holds_alternative<DeleteObject>(change.what)) return false;
    const auto cluster = live_.clusters.find(action.cluster);
    if (cluster == live_.clusters.end()) return false;
    const Observed observed = cluster->second.observe(change.id);
    if (const auto* const* object = std::get_if<const Object*>(&observed))
      return (*object)->uid != ground_in(change)->uid;
    return std::holds_alternative<Absent>(observed);
  }

  void refuse(const Action& action, const ObjectId& id, std::string cause) {
    const auto cluster = live_.clusters.find(action.cluster);
    if (cluster != live_.clusters.end()) {
      const Observed observed = cluster->second.observe(id);
      if (const auto* const* object = std::get_if<const Object*>(&observed))
        cause += by_whom(**object, field_manager_of(fresh_.mesh));
    }
    result_.moved[action.address].push_back(ground_moved(action.cluster, id, cause));
  }

  void refuse_unwanted(const Action& action) {
    for (const ObjectChange& change : action.objects) {
      if (!writes(change) || has_gone(action, change)) continue;
      refuse(action, change.id, "a plan made now has no such action");
    }
  }

  void compare(const Action& saved, const Action& fresh) {
    if (fresh.operation == Operation::unknown) {
      if (writes(saved)) result_.moved[saved.address].push_back(not_known(saved, fresh));
      return;
    }
    for (const ObjectChange& change : saved.objects) {
      if (!writes(change)) continue;
      const ObjectChange* now = find_object(fresh, change.id);
      const bool deletes = std::holds_alternative<DeleteObject>(change.what);
      if (now == nullptr || (deletes && !writes(*now))) {
        if (!has_gone(saved, change)) refuse(saved, change.id, "a plan made now leaves it out");
      } else if (writes(*now) && approval_of(change) != approval_of(*now)) {
        refuse(saved, change.id, difference(change, *now));
      }
    }
    for (const ObjectChange& now : fresh.objects) {
      if (!writes(now)) continue;
      const ObjectChange* then = find_object(saved, now.id);
      if (then != nullptr && writes(*then)) continue;
      refuse(saved, now.id, fmt::format("the plan leaves it as it is, a plan made now changes {}", fields_of(now)));
    }
  }

  static Diagnostic not_known(const Action& saved, const Action& fresh) {
    return {.code = Code::ground_moved,
            .where = saved.address.text,
            .summary = "what the plan changes cannot be read now",
            .cause = fresh.reason,
            .hint = "make the cluster answer, and run it again"};
  }

  void leave_out(const Action& action) {
    left_out_.insert(action.address);
    result_.left_out.push_back({.code = Code::ground_moved,
                                .severity = Severity::warning,
                                .where = action.address.text,
                                .summary = "a change that is not in the plan is left out",
                                .cause = fmt::format("since the plan was made: {}", action.reason),
                                .hint = "plan again to see it"});
  }

  void make_plan_of() {
    result_.plan = fresh_;
    Plan& plan = result_.plan;
    std::erase_if(plan.actions, [&](const Action& action) { return left_out_.contains(action.address); });
    plan.complete = saved_.complete && std::none_of(plan.actions.begin(), plan.actions.end(), [](const Action& action) {
                      return action.operation == Operation::unknown;
                    });
    for (Action& action : plan.actions) {
      std::erase_if(action.depends_on, [&](const Address& need) { return left_out_.contains(need); });
      if (!result_.moved.contains(action.address)) continue;
      action.operation = Operation::unknown;
      action.reason = "its ground has moved since the plan was made";
      action.unknown_for = Code::ground_moved;
      action.objects.clear();
      action.waits_for.clear();
      action.interrupts.clear();
    }
  }

  const Plan& saved_;
  const Plan& fresh_;
  const LiveState& live_;
  std::map<Address, const Action*> by_address_ = {};
  std::set<Address> left_out_ = {};
  ComparedPlans result_ = {};
};

}  // namespace

ComparedPlans compare_plans(const Plan& saved, const Plan& fresh, const LiveState& live) {
  return Comparison(saved, fresh, live).run();
}

std::set<std::string> concerned_clusters(const Plan& plan) {
  const auto addresses = with_needs(plan, [](const Action& action) { return writes(action); });
  std::set<std::string> clusters;
  for (const Action& action : plan.actions) {
    if (addresses.contains(action.address)) clusters.insert(action.cluster);
  }
  return clusters;
}

}  // namespace mesh
