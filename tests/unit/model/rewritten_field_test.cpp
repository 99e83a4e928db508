#include "engine/model/rewritten_field.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

const json pod = json::parse(R"({"containers": [{"name": "x", "resources": {"limits": {"cpu": "2"}}}]})");

RewrittenField cpu(std::optional<json> stored) {
  return {.cluster = "c",
          .id = {"v1", "Pod", "n", "p"},
          .path = parse_field_path(R"(containers[name="x"].resources.limits.cpu)"),
          .sent = "2",
          .stored = std::move(stored)};
}

TEST(RewrittenField, takes_the_place_of_what_was_sent_and_of_nothing_else) {
  json body = pod;
  EXPECT_FALSE(has_stored(body, cpu("1")));
  EXPECT_TRUE(put_stored(body, cpu("1")));
  EXPECT_TRUE(has_stored(body, cpu("1")));
  EXPECT_EQ(body["containers"][0]["resources"]["limits"]["cpu"], "1");
  EXPECT_FALSE(put_stored(body, cpu("7"))) << "the body has 1 now, not 2";
  EXPECT_TRUE(has_stored(body, cpu("1")));
}

TEST(RewrittenField, that_was_taken_out_leaves_the_body) {
  json body = pod;
  EXPECT_TRUE(put_stored(body, cpu(std::nullopt)));
  EXPECT_TRUE(has_stored(body, cpu(std::nullopt)));
  EXPECT_EQ(body["containers"][0]["resources"]["limits"], json::object());
}

TEST(RewrittenField, is_known_by_cluster_object_and_path) {
  RewrittenField other = cpu("3");
  other.sent = "9";
  EXPECT_TRUE(is_of_same_field({cpu("1")}, other));
  other.cluster = "d";
  EXPECT_FALSE(is_of_same_field({cpu("1")}, other));
}

}  // namespace
}  // namespace mesh
