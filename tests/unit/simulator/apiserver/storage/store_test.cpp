#include "providers/simulator/apiserver/storage/store.h"

#include <gtest/gtest.h>

#include "providers/simulator/apiserver/storage/continue_token.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using simulator::ObjectEvent;
using simulator::Store;
using simulator::StoredPtr;

json map_named(const std::string& name, const std::string& ns = "a") {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", {{"name", name}, {"namespace", ns}, {"uid", "uid-" + ns + name}}}};
}

std::vector<std::string> names(const std::vector<StoredPtr>& objects) {
  std::vector<std::string> found;
  for (const StoredPtr& object : objects) found.push_back(object->ns + "/" + object->name);
  return found;
}

TEST(StoredTest, knows_where_its_metadata_stands) {
  json object = map_named("x");
  object["data"] = {{"a", "\"metadata\":{}"}};
  const StoredPtr stored = simulator::make_stored("configmaps", object, 12);
  EXPECT_EQ(json::parse(stored->metadata())["resourceVersion"], "12");
  EXPECT_EQ(stored->text.find("apiVersion"), std::string::npos);
  object["metadata"]["resourceVersion"] = "12";
  EXPECT_EQ(stored->json(), object);
  const StoredPtr later = simulator::with_version(*stored, 345);
  EXPECT_EQ(later->version, 345U);
  EXPECT_EQ(later->json()["metadata"]["resourceVersion"], "345");
  EXPECT_EQ(later->json()["data"], object["data"]);
}

TEST(StoreTest, lists_by_namespace_and_name) {
  Store store(100);
  for (const char* ns : {"b", "a", "a-b"}) {
    for (const char* name : {"z", "x"}) store.put("configmaps", map_named(name, ns));
  }
  EXPECT_EQ(names(store.read("configmaps", "").objects),
            (std::vector<std::string>{"a-b/x", "a-b/z", "a/x", "a/z", "b/x", "b/z"}));
  EXPECT_EQ(names(store.read("configmaps", "a").objects), (std::vector<std::string>{"a/x", "a/z"}));
  EXPECT_EQ(store.resources_in("a-b"), std::vector<std::string>{"configmaps"});
  EXPECT_TRUE(store.resources_in("c").empty());
  EXPECT_EQ(store.last_version(), 6U);
}

TEST(StoreTest, shows_what_was_at_an_earlier_version) {
  Store store(100);
  store.put("configmaps", map_named("x"));
  store.put("configmaps", map_named("y"));
  store.put("configmaps", map_named("x"));
  store.remove("configmaps", "a", "y");
  store.put("configmaps", map_named("z"));
  const auto at = [&](std::uint64_t version) { return names(store.read_at("configmaps", "a", version)->objects); };
  EXPECT_EQ(at(1), std::vector<std::string>{"a/x"});
  EXPECT_EQ(at(3), (std::vector<std::string>{"a/x", "a/y"}));
  EXPECT_EQ(at(4), std::vector<std::string>{"a/x"});
  EXPECT_EQ(at(5), (std::vector<std::string>{"a/x", "a/z"}));
  EXPECT_EQ(store.read_at("configmaps", "a", 2)->objects[0]->version, 1U);
  store.compact();
  EXPECT_FALSE(store.read_at("configmaps", "a", 4));
  EXPECT_EQ(at(5), (std::vector<std::string>{"a/x", "a/z"}));
}

TEST(StoreTest, forgets_changes_beyond_its_window) {
  Store store(64);
  for (int i = 0; i < 100; ++i) store.put("configmaps", map_named("x"));
  EXPECT_FALSE(store.changes("configmaps", 35, 1000));
  EXPECT_EQ(store.oldest("configmaps"), 36U);
  EXPECT_EQ(store.changes("configmaps", 36, 1000)->size(), 64U);
  EXPECT_EQ(store.changes("configmaps", 98, 1000)->size(), 2U);
  EXPECT_EQ(store.changes("configmaps", 36, 10)->back().version, 46U);
  EXPECT_TRUE(store.changes("secrets", 0, 10)->empty());
}

TEST(StoreTest, bounds_the_bytes_that_dead_versions_hold) {
  Store store(100000);
  json big = map_named("x");
  big["data"]["a"] = std::string(100000, 'x');
  for (int i = 0; i < 200; ++i) store.put("configmaps", big);
  EXPECT_LE(store.changes("configmaps", store.oldest("configmaps"), 1000)->size(), 64U);
}

TEST(StoreTest, finds_by_uid_and_by_owner) {
  Store store(100);
  store.put("configmaps", map_named("owner"));
  json dependent = map_named("dependent");
  dependent["metadata"]["ownerReferences"] = json::array({{{"uid", "uid-aowner"}, {"kind", "ConfigMap"}}});
  store.put("configmaps", dependent);
  store.put("configmaps", dependent);
  ASSERT_EQ(store.dependents("uid-aowner").size(), 1U);
  EXPECT_EQ(store.dependents("uid-aowner")[0]->version, 3U);
  EXPECT_EQ(store.find_uid("uid-aowner")->name, "owner");
  dependent["metadata"].erase("ownerReferences");
  store.put("configmaps", dependent);
  EXPECT_TRUE(store.dependents("uid-aowner").empty());
  const StoredPtr last = store.remove("configmaps", "a", "owner");
  EXPECT_EQ(last->version, 5U);
  EXPECT_EQ(store.find_uid("uid-aowner"), nullptr);
  EXPECT_EQ(store.remove("configmaps", "a", "owner"), nullptr);
  EXPECT_EQ(store.take_pending().size(), 5U);
  EXPECT_TRUE(store.take_pending().empty());
}

TEST(ContinueTokenTest, come_back_as_they_were) {
  for (const char* after : {"x", "some/name", "\"quoted\""}) {
    const auto back = simulator::decode_continue(simulator::encode_continue({.version = 368, .after = after}));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->version, 368);
    EXPECT_EQ(back->after, after);
  }
  for (const char* bad : {"abc", "e30", "!", "nonsense"}) EXPECT_FALSE(simulator::decode_continue(bad)) << bad;
}

}  // namespace
}  // namespace mesh::testing
