#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/istio_world.h"

namespace mesh::testing {

/// One write of another manager to an object of cluster `a`, named for the test's output.
struct ForeignWrite {
  const char* name;
  ObjectId id;
  std::function<void(nlohmann::json& body)> write;
};

/// Expects that what the other manager wrote is planned as this line alone, and taken away.
inline void expect_taken_away(IstioWorld& world, const ForeignWrite& foreign, const std::string& line) {
  SCOPED_TRACE(foreign.name);
  FakeCluster& cluster = world.clients.at("a").cluster;
  const nlohmann::json before = *cluster.find(foreign.id)->body;
  cluster.update(foreign.id, "kubectl-edit", foreign.write);
  const Plan plan = world.plan();
  EXPECT_EQ(lines_of(plan), std::vector<std::string>{line});
  world.apply(plan);
  nlohmann::json after = *cluster.find(foreign.id)->body;
  // A map that was not there before the write stays behind, empty.
  if (after["metadata"].value("annotations", nlohmann::json()).empty()) after["metadata"].erase("annotations");
  EXPECT_EQ(after, before);
  EXPECT_THAT(lines_of(world.plan()), ::testing::IsEmpty());
}

}  // namespace mesh::testing
