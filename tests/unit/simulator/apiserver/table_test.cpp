#include "providers/simulator/apiserver/printers/table.h"

#include <gtest/gtest.h>

#include <fstream>

#include "providers/simulator/apiserver/printers/json_path.h"
#include "providers/simulator/apiserver/printers/time_text.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

Registry make_registry() {
  std::vector<ObjectPtr> all;
  for (const json& one : mesh_definitions()) all.push_back(std::make_shared<const json>(one));
  return Registry(all);
}

json rows_of_real_server() {
  std::ifstream file(std::string(MESH_SOURCE_DIR) + "/tests/unit/simulator/apiserver/data/rows.json");
  return json::parse(file);
}

/// What a real server printed for these objects.
TEST(TableTest, prints_the_cells_of_the_real_server) {
  const Registry registry = make_registry();
  int seen = 0;
  for (const json& row : rows_of_real_server()) {
    const std::string group_version = row["groupVersion"];
    const auto slash = group_version.find('/');
    const std::string group = slash == std::string::npos ? "" : group_version.substr(0, slash);
    const std::string version = slash == std::string::npos ? group_version : group_version.substr(slash + 1);
    const ResourceInfo* resource = registry.find(group, version, row["resource"].get<std::string>());
    ASSERT_NE(resource, nullptr) << row["resource"];
    TableOptions options;
    options.now = *utc_time(row["now"]);
    const json table = table_of(*resource, version, {std::make_shared<const json>(row["object"])}, {}, options);
    EXPECT_EQ(table["rows"][0]["cells"], row["cells"]) << row["resource"];
    EXPECT_EQ(table["columnDefinitions"].size(), row["cells"].size()) << row["resource"];
    ++seen;
  }
  EXPECT_GT(seen, 50);
}

TEST(TableTest, includes_what_is_asked_for) {
  const Registry registry = make_registry();
  const ResourceInfo& secrets = *registry.find("", "v1", "secrets");
  const auto secret =
      std::make_shared<const json>(json{{"metadata", {{"name", "a"}}}, {"type", "Opaque"}, {"data", {{"k", "eA=="}}}});
  TableOptions options;
  json row = table_of(secrets, "v1", {secret}, {{"resourceVersion", "7"}, {"continue", ""}}, options);
  EXPECT_EQ(row["metadata"], (json{{"resourceVersion", "7"}}));
  EXPECT_EQ(row["rows"][0]["object"]["kind"], "PartialObjectMetadata");
  EXPECT_FALSE(row["rows"][0]["object"].contains("data"));
  options.include = IncludeObject::object;
  EXPECT_EQ(table_of(secrets, "v1", {secret}, {}, options)["rows"][0]["object"]["data"]["k"], "eA==");
  options.include = IncludeObject::none;
  options.columns = false;
  const json bare = table_of(secrets, "v1", {secret}, {}, options);
  EXPECT_TRUE(bare["rows"][0]["object"].is_null());
  EXPECT_TRUE(bare["columnDefinitions"].is_null());
  EXPECT_EQ(include_object(""), IncludeObject::metadata);
  EXPECT_EQ(include_object("Foo"), std::nullopt);
}

json pod(const json& status, const json& metadata = json::object()) {
  json object = {
      {"metadata", {{"name", "p"}}},
      {"spec", {{"containers", json::array({{{"name", "c"}}})}, {"initContainers", json::array({{{"name", "i"}}})}}},
      {"status", status}};
  object["metadata"].update(metadata);
  return object;
}

TEST(TableTest, says_what_ails_a_pod) {
  const json waiting = {{"waiting", {{"reason", "ImagePullBackOff"}}}};
  const auto containers = [](const json& state, bool ready = false, int restarts = 0) {
    return json::array({{{"name", "c"}, {"state", state}, {"ready", ready}, {"restartCount", restarts}}});
  };
  const json done = {{"terminated", {{"exitCode", 0}, {"reason", "Completed"}}}};
  struct Case {
    json status, metadata;
    const char* ready;
    const char* reason;
  };
  const Case cases[] = {
      {{{"phase", "Pending"}}, {}, "0/1", "Pending"},
      {{{"phase", "Running"}, {"containerStatuses", containers({{"running", json::object()}}, true)}},
       {},
       "1/1",
       "Running"},
      {{{"phase", "Pending"}, {"containerStatuses", containers(waiting)}}, {}, "0/1", "ImagePullBackOff"},
      {{{"phase", "Pending"}, {"initContainerStatuses", containers(waiting)}}, {}, "0/1", "Init:ImagePullBackOff"},
      {{{"phase", "Pending"}, {"initContainerStatuses", containers({{"running", json::object()}})}},
       {},
       "0/1",
       "Init:0/1"},
      {{{"phase", "Failed"}, {"reason", "Evicted"}}, {}, "0/1", "Evicted"},
      {{{"phase", "Succeeded"}, {"containerStatuses", containers(done)}}, {}, "0/1", "Completed"},
      {{{"phase", "Running"}, {"containerStatuses", containers({{"terminated", {{"exitCode", 3}}}})}},
       {},
       "0/1",
       "ExitCode:3"},
      {{{"phase", "Running"}, {"containerStatuses", containers({{"running", json::object()}}, true)}},
       {{"deletionTimestamp", "2026-01-01T00:00:00Z"}},
       "1/1",
       "Terminating"},
      {{{"phase", "Pending"}, {"conditions", json::array({{{"type", "PodScheduled"}, {"reason", "SchedulingGated"}}})}},
       {},
       "0/1",
       "SchedulingGated"},
  };
  const Registry registry = make_registry();
  for (const Case& one : cases) {
    const json metadata = one.metadata.is_null() ? json::object() : one.metadata;
    const auto object = std::make_shared<const json>(pod(one.status, metadata));
    const json cells = table_of(*registry.find("", "v1", "pods"), "v1", {object}, {}, {})["rows"][0]["cells"];
    EXPECT_EQ(cells[1], one.ready) << one.status;
    EXPECT_EQ(cells[2], one.reason) << one.status;
  }
}

TEST(TableTest, marks_pods_that_are_over) {
  const Registry registry = make_registry();
  const auto object = std::make_shared<const json>(pod({{"phase", "Failed"}}));
  const json row = table_of(*registry.find("", "v1", "pods"), "v1", {object}, {}, {})["rows"][0];
  EXPECT_EQ(row["conditions"][0]["reason"], "Failed");
}

TEST(TableTest, writes_durations_as_kubectl_does) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const std::pair<seconds, const char*> cases[] = {
      {seconds(-5), "<invalid>"},  {seconds(-1), "0s"},     {seconds(119), "119s"},
      {seconds(120), "2m"},        {seconds(121), "2m1s"},  {minutes(10) + seconds(5), "10m"},
      {minutes(179), "179m"},      {minutes(180), "3h"},    {hours(7) + minutes(59), "7h59m"},
      {hours(47), "47h"},          {hours(48), "2d"},       {hours(24 * 7 + 3), "7d3h"},
      {hours(24 * 300), "300d"},   {hours(24 * 730), "2y"}, {hours(24 * 735), "2y5d"},
      {hours(24 * 365 * 9), "9y"},
  };
  for (const auto& [duration, expected] : cases) EXPECT_EQ(human_duration(duration), expected);
}

TEST(TableTest, follows_json_paths) {
  const json object = json::parse(R"({"metadata":{"labels":{"a.b/c":"x"}},"spec":{"hosts":["h"],"l":[{"n":1}]},
    "status":{"conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"}]}})");
  const std::pair<const char*, const char*> cases[] = {
      {".spec.hosts", R"(["h"])"},
      {".spec.hosts[0]", R"("h")"},
      {".spec.l[0].n", "1"},
      {R"(.metadata.labels.a\.b/c)", R"("x")"},
      {".metadata.labels['a.b/c']", R"("x")"},
      {R"(.status.conditions[?(@.type=="Ready")].status)", R"("True")"},
      {".spec.none", ""},
      {".spec.hosts[3]", ""},
      {R"(.status.conditions[?(@.type=="None")].status)", ""},
  };
  for (const auto& [path, expected] : cases) {
    const json* found = find_by_path(object, path);
    EXPECT_EQ(found == nullptr ? "" : found->dump(), expected) << path;
  }
}

}  // namespace
}  // namespace mesh::simulator
