#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/plan.h"
#include "tests/support/fake_cluster.h"

namespace mesh::testing {

/// A small world and what is desired of it, told in JSON (see tests/golden/plan/README.md for the form).
struct PlanCase {
  std::string mesh = "prod";
  Intent intent = Intent::apply;
  DesiredState desired;
  std::map<std::string, FakeCluster> clusters;
  std::set<std::string> unreachable;
  std::vector<std::string> only;
  std::vector<std::string> exclude;
};

PlanCase read_plan_case(const nlohmann::json& text, const FieldSchemas& schemas);

DesiredState read_desired(const nlohmann::json& actions);

/// What reading all clusters brings: everything that is desired, or that another object refers to, was asked for.
LiveState live_of(const PlanCase& world);

/// Carries the plan out, action by action; the values to fill in come from the world. Errors: those of the clusters.
Result<void> carry_out(const Plan& plan, PlanCase& world);

/// The plan in few lines, everything of it that a reader would miss.
std::string dump(const Plan& plan);

}  // namespace mesh::testing
