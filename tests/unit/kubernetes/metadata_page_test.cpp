#include "providers/kubernetes/metadata_page.h"

#include <gtest/gtest.h>

#include "engine/model/ground.h"

namespace mesh::kubernetes {
namespace {

using nlohmann::json;

const ObjectId secrets{"v1", "Secret", "istio-system", ""};

json entry(const char* manager, const char* time) {
  return {{"manager", manager}, {"operation", "Apply"},     {"apiVersion", "v1"},
          {"time", time},       {"fieldsType", "FieldsV1"}, {"fieldsV1", {{"f:data", {{"f:c2", json::object()}}}}}};
}

json secret(const std::string& name, const std::string& uid) {
  return {{"metadata",
           {{"name", name},
            {"namespace", "istio-system"},
            {"uid", uid},
            {"resourceVersion", "7"},
            {"creationTimestamp", "2026-01-02T03:04:05Z"},
            {"labels", {{"istio/multiCluster", "true"}}},
            {"annotations", {{"note", "a \"quoted\" \\ word, € and \n"}}},
            {"finalizers", {"example.com/hold"}},
            {"deletionGracePeriodSeconds", 30},
            {"managedFields", {entry("mesh", "2026-01-02T03:04:05Z"), entry("other", "2026-01-02T03:04:06Z")}}}}};
}

json list_of(json::array_t items) {
  return {{"kind", "PartialObjectMetadataList"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", {{"resourceVersion", "99"}, {"continue", "more"}}},
          {"items", std::move(items)}};
}

std::optional<Page> parsed(const json& page, JsonPool& pool) {
  std::string text = page.dump();
  return parse_metadata_page(text, secrets, pool);
}

TEST(MetadataPage, refuses_what_nests_without_end_as_the_plain_parser_does) {
  for (const std::size_t depth : {200U, 300'000U}) {
    const std::string labels = std::string(depth, '[') + std::string(depth, ']');
    std::string text =
        R"({"kind":"PartialObjectMetadataList","metadata":{},"items":[{"metadata":{"name":"a","labels":)" + labels +
        "}}]}";
    JsonPool pool;
    EXPECT_FALSE(parse_metadata_page(text, secrets, pool).has_value());
    const auto plain = parse_page(text, secrets);
    ASSERT_FALSE(plain.has_value());
    EXPECT_EQ(plain.error().front().cause, "it holds JSON nested deeper than 128");
  }
}

TEST(MetadataPage, says_what_the_plain_parser_says) {
  JsonPool pool;
  for (const int indent : {-1, 2}) {
    std::string text = list_of({secret("one", "u-1"), secret("two", "u-2")}).dump(indent);
    const auto plain = parse_page(text, secrets);
    const auto page = parse_metadata_page(text, secrets, pool);
    ASSERT_TRUE(plain.has_value() && page.has_value());
    EXPECT_EQ(page->continue_token, "more");
    EXPECT_EQ(page->resource_version, "99");
    ASSERT_EQ(page->objects.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      Object expected = plain->objects[i];
      for (const char* own : {"uid", "resourceVersion", "creationTimestamp"})
        expected.body.edit()["metadata"].erase(own);
      EXPECT_EQ(page->objects[i], expected) << page->objects[i].body->dump();
    }
  }
}

TEST(MetadataPage, equal_objects_of_two_clusters_are_one) {
  JsonPool pool;
  const auto one = parsed(list_of({secret("c3", "u-1"), secret("c4", "u-2")}), pool);
  const auto other = parsed(list_of({secret("c3", "u-8")}), pool);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(&*one->objects[0].body, &*other->objects[0].body);
  EXPECT_NE(&*one->objects[0].body, &*one->objects[1].body);
  EXPECT_EQ(&*one->objects[0].managers[0].fields, &*one->objects[1].managers[1].fields);
  EXPECT_NE(one->objects[0].uid, other->objects[0].uid);
}

TEST(MetadataPage, grounds_are_those_of_the_object_read_alone) {
  JsonPool pool;
  const json item = secret("c3", "u-1");
  const auto page = parsed(list_of({item}), pool);
  json alone = item;
  alone["kind"] = "PartialObjectMetadata";
  const auto object = parse_object(alone.dump(), {"v1", "Secret", "istio-system", "c3"});
  ASSERT_TRUE(page && object);
  EXPECT_EQ(ground_of(page->objects[0]), ground_of(*object));
}

TEST(MetadataPage, leaves_to_the_plain_parser_what_is_unusual) {
  JsonPool pool;
  json copied = secret("c3", "u-1");
  copied["metadata"]["annotations"][last_applied_annotation] = R"({"data":{"c3":"SECRET"}})";
  json nameless = secret("c3", "u-1");
  nameless["metadata"].erase("name");
  json no_items = list_of({});
  no_items["items"] = nullptr;
  json whole = list_of({secret("c3", "u-1")});
  whole["kind"] = "SecretList";
  for (const json& page :
       {list_of({copied}), list_of({nameless}), no_items, list_of({1}), whole, json::array(), json(1)})
    EXPECT_FALSE(parsed(page, pool).has_value()) << page.dump();
  const std::string text = list_of({secret("c3", "u-1")}).dump();
  for (std::size_t length = 0; length < text.size(); ++length) {
    std::string cut = text.substr(0, length);
    EXPECT_FALSE(parse_metadata_page(cut, secrets, pool).has_value()) << cut;
  }
}

}  // namespace
}  // namespace mesh::kubernetes
