#include "engine/codec/history_codec.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mesh {
namespace {

TEST(HistoryCodec, says_everything_of_each_snapshot_and_null_where_nothing_is_known) {
  const auto document = nlohmann::json::parse(
      encode_history("prod", {{.commit = "c2", .time = "2026-11-22T09:54:00Z", .subject = "apply"}, {.commit = "c1"}}));
  EXPECT_EQ(document.at("format"), "mesh.history/v1");
  EXPECT_EQ(document.at("mesh"), "prod");
  ASSERT_EQ(document.at("snapshots").size(), 2U);
  EXPECT_EQ(document.at("snapshots")[0].at("subject"), "apply");
  EXPECT_EQ(document.at("snapshots")[0].at("result"), nullptr);
  EXPECT_EQ(document.at("snapshots")[1].at("commit"), "c1");
}

}  // namespace
}  // namespace mesh
