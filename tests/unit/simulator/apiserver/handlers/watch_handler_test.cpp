#include "tests/unit/simulator/apiserver/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using Events = std::vector<std::string>;

class WatchHandlerTest : public ApiBench {
 protected:
  std::shared_ptr<simulator::EventStream> watch(const std::string& query,
                                                const std::string& accept = "application/json") {
    return get(map_path() + "?watch=1" + query, accept).response.stream;
  }
  void label(const std::string& name, const json& value) {
    must(send("PATCH", map_path(name), {{"metadata", {{"labels", {{"app", value}}}}}}, merge_type));
  }
};

TEST_F(WatchHandlerTest, follow_from_a_version) {
  const std::string version = make_map("a")["metadata"]["resourceVersion"];
  const auto stream = watch("&resourceVersion=" + version);
  EXPECT_EQ(events(*stream), Events{});
  make_map("b");
  label("a", "x");
  send("DELETE", map_path("b"));
  EXPECT_EQ(events(*stream), (Events{"ADDED b", "MODIFIED a", "DELETED b"}));
  EXPECT_EQ(events(*stream), Events{});
}

TEST_F(WatchHandlerTest, begin_with_what_is_there) {
  make_map("a");
  EXPECT_EQ(events(*watch("")), Events{"ADDED a"});
  EXPECT_EQ(events(*watch("&resourceVersion=0")), Events{"ADDED a"});
  const auto streaming = watch("&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
  const auto found = raw_events(*streaming);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1]["type"], "BOOKMARK");
  EXPECT_EQ(found[1]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
}

TEST_F(WatchHandlerTest, see_an_object_come_and_go_by_its_labels) {
  make_map("a");
  const auto stream = watch("&labelSelector=app%3Dx");
  EXPECT_EQ(events(*stream), Events{});
  label("a", "x");
  label("a", "y");
  const auto found = raw_events(*stream);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]["type"], "ADDED");
  EXPECT_EQ(found[1]["type"], "DELETED");
  // The last state that was selected, under the version in which it went.
  EXPECT_EQ(found[1]["object"]["metadata"]["labels"]["app"], "x");
  EXPECT_EQ(found[1]["object"]["metadata"]["resourceVersion"], get(map_path("a")).version());
}

TEST_F(WatchHandlerTest, end_when_their_version_is_forgotten) {
  const std::string version = make_map("a")["metadata"]["resourceVersion"];
  make_map("b");
  api_.compact();
  const Got got = get(map_path() + "?watch=1&resourceVersion=" + version);
  EXPECT_EQ(got.status, 200);
  const auto chunk = got.response.stream->take();
  EXPECT_TRUE(chunk.ended);
  const json event = json::parse(chunk.text);
  EXPECT_EQ(event["type"], "ERROR");
  EXPECT_EQ(event["object"]["code"], 410);
  EXPECT_EQ(event["object"]["reason"], "Expired");
}

TEST_F(WatchHandlerTest, bookmark_before_they_end_in_time) {
  make_map("a");
  const auto stream = watch("&timeoutSeconds=10&allowWatchBookmarks=true&resourceVersion=" + get(map_path()).version());
  EXPECT_EQ(*stream->due(), clock_.now() + std::chrono::seconds(8));
  clock_.pass(std::chrono::seconds(8));
  EXPECT_EQ(events(*stream), Events{"BOOKMARK "});
  EXPECT_EQ(*stream->due(), clock_.now() + std::chrono::seconds(2));
  clock_.pass(std::chrono::seconds(2));
  EXPECT_TRUE(stream->take().ended);
  make_map("b");
  EXPECT_EQ(stream->take().text, "");
}

TEST_F(WatchHandlerTest, wake_whom_a_change_concerns) {
  const auto stream = watch("&resourceVersion=" + get(map_path()).version());
  int woken = 0;
  stream->on_ready([&] { ++woken; });
  EXPECT_EQ(woken, 1);
  make_map("a");
  EXPECT_EQ(woken, 2);
  send("POST", "/api/v1/namespaces/default/secrets", {{"metadata", {{"name", "s"}}}});
  EXPECT_EQ(woken, 2);
  stream->on_ready({});
  make_map("b");
  EXPECT_EQ(woken, 2);
}

TEST_F(WatchHandlerTest, show_metadata_alone_when_asked) {
  make_map("a");
  const auto stream = watch("", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
  EXPECT_EQ(raw_events(*stream)[0]["object"]["kind"], "PartialObjectMetadata");
  const auto table = watch("", "application/json;as=Table;g=meta.k8s.io;v=v1");
  EXPECT_EQ(raw_events(*table)[0]["object"]["rows"].size(), 1U);
}

}  // namespace
}  // namespace mesh::testing
