#include "providers/simulator/apiserver/printers/table.h"

#include <gtest/gtest.h>

#include <utility>

#include "engine/base/time.h"
#include "providers/simulator/apiserver/registry/registry.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

json table(const char* group, const char* plural, const json& object, const TableOptions& options = {}) {
  const Registry registry;
  const ResourceInfo* resource = registry.find(group, "v1", plural);
  return table_of(*resource, {object}, {{"resourceVersion", "7"}, {"continue", ""}}, options);
}

std::string columns(const json& found) {
  std::string names;
  for (const json& column : found["columnDefinitions"]) names += " " + column["name"].get<std::string>();
  return names;
}

TEST(TableTest, has_name_ready_status_and_age) {
  const json metadata = {{"name", "a"}, {"creationTimestamp", "2026-11-22T13:00:00Z"}};
  TableOptions options;
  options.now = *parse_rfc3339("2026-11-22T13:05:30Z");
  const json deployment =
      table("apps", "deployments",
            {{"metadata", metadata}, {"spec", {{"replicas", 2}}}, {"status", {{"readyReplicas", 1}}}}, options);
  EXPECT_EQ(columns(deployment), " Name Ready Age");
  EXPECT_EQ(deployment["rows"][0]["cells"], json({"a", "1/2", "5m30s"}));
  const json space = table("", "namespaces", {{"metadata", metadata}, {"status", {{"phase", "Active"}}}}, options);
  EXPECT_EQ(columns(space), " Name Status Age");
  EXPECT_EQ(space["rows"][0]["cells"], json({"a", "Active", "5m30s"}));
  EXPECT_EQ(columns(table("", "secrets", {{"metadata", metadata}}, options)), " Name Age");
}

TEST(TableTest, includes_what_is_asked_for) {
  const json secret = {{"kind", "Secret"}, {"metadata", {{"name", "a"}}}, {"data", {{"k", "eA=="}}}};
  TableOptions options;
  const json found = table("", "secrets", secret, options);
  EXPECT_EQ(found["metadata"], (json{{"resourceVersion", "7"}}));
  EXPECT_EQ(found["rows"][0]["object"]["kind"], "PartialObjectMetadata");
  EXPECT_FALSE(found["rows"][0]["object"].contains("data"));
  options.include = IncludeObject::object;
  EXPECT_EQ(table("", "secrets", secret, options)["rows"][0]["object"], secret);
  options.include = IncludeObject::none;
  options.columns = false;
  const json bare = table("", "secrets", secret, options);
  EXPECT_TRUE(bare["rows"][0]["object"].is_null());
  EXPECT_TRUE(bare["columnDefinitions"].is_null());
  EXPECT_EQ(include_object(""), IncludeObject::metadata);
  EXPECT_EQ(include_object("Foo"), std::nullopt);
}

json pod(const json& status, const json& metadata) {
  json object = {
      {"metadata", {{"name", "p"}}},
      {"spec", {{"containers", json::array({{{"name", "c"}}})}, {"initContainers", json::array({{{"name", "i"}}})}}},
      {"status", status}};
  object["metadata"].update(metadata);
  return object;
}

TEST(TableTest, says_what_ails_a_pod) {
  const json waiting = {{"waiting", {{"reason", "ImagePullBackOff"}}}};
  const json running = {{"running", json::object()}};
  const auto containers = [](const char* name, const json& state, bool ready = false) {
    return json::array({{{"name", name}, {"state", state}, {"ready", ready}}});
  };
  const json none = json::object();
  struct Case {
    json status, metadata;
    const char* ready;
    const char* reason;
  };
  const Case cases[] = {
      {{{"phase", "Pending"}}, none, "0/1", "Pending"},
      {{{"phase", "Running"}, {"containerStatuses", containers("c", running, true)}}, none, "1/1", "Running"},
      {{{"phase", "Pending"}, {"containerStatuses", containers("c", waiting)}}, none, "0/1", "ImagePullBackOff"},
      {{{"phase", "Pending"}, {"initContainerStatuses", containers("i", waiting)}},
       none,
       "0/1",
       "Init:ImagePullBackOff"},
      {{{"phase", "Pending"}, {"initContainerStatuses", containers("i", running)}}, none, "0/1", "Init:0/1"},
      {{{"phase", "Failed"}, {"reason", "Evicted"}}, none, "0/1", "Evicted"},
      {{{"phase", "Running"}, {"containerStatuses", containers("c", {{"terminated", {{"exitCode", 3}}}})}},
       none,
       "0/1",
       "ExitCode:3"},
      {{{"phase", "Running"}, {"containerStatuses", containers("c", running, true)}},
       {{"deletionTimestamp", "2026-01-01T00:00:00Z"}},
       "1/1",
       "Terminating"},
  };
  for (const Case& one : cases) {
    const json cells = table("", "pods", pod(one.status, one.metadata))["rows"][0]["cells"];
    EXPECT_EQ(cells[1], one.ready) << one.status;
    EXPECT_EQ(cells[2], one.reason) << one.status;
  }
}

TEST(TableTest, writes_durations_as_kubectl_does) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const std::pair<seconds, const char*> cases[] = {
      {seconds(-1), "0s"},
      {seconds(119), "119s"},
      {seconds(120), "2m"},
      {seconds(121), "2m1s"},
      {minutes(10) + seconds(5), "10m"},
      {minutes(179), "179m"},
      {minutes(180), "3h"},
      {hours(7) + minutes(59), "7h59m"},
      {hours(47), "47h"},
      {hours(48), "2d"},
      {hours(24 * 7 + 3), "7d3h"},
      {hours(24 * 300), "300d"},
      {hours(24 * 730), "2y"},
      {hours(24 * 735), "2y5d"},
      {hours(24 * 365 * 9), "9y"},
  };
  for (const auto& [duration, expected] : cases) EXPECT_EQ(human_duration(duration), expected);
}

}  // namespace
}  // namespace mesh::simulator
