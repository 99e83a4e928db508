#include "providers/simulator/apiserver/request/accept.h"

#include <gtest/gtest.h>

#include <utility>

namespace mesh::simulator {
namespace {

constexpr const char* table = "application/json;as=Table;v=v1;g=meta.k8s.io";

std::string text_of(const std::optional<Form>& form) {
  if (!form) return "406";
  const char* const forms[] = {"object", "table", "partial", "partial_list"};
  return forms[static_cast<int>(*form)];
}

TEST(AcceptTest, takes_the_first_that_can_be_served) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "object"},
      {"*/*", "object"},
      {"application/json", "object"},
      {"text/html", "406"},
      {"application/vnd.kubernetes.protobuf", "406"},
      {"application/vnd.kubernetes.protobuf,application/json", "object"},
      {"text/html, application/json;q=0.9", "object"},
      {table, "table"},
      {"application/json;as=Table;v=v3;g=meta.k8s.io", "406"},
      {"application/json;as=Table;v=v3;g=meta.k8s.io,application/json", "object"},
      {"application/json;as=Foo;g=meta.k8s.io;v=v1,*/*", "object"},
      {"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "partial"},
      {"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "partial_list"},
  };
  for (const auto& [accept, expected] : cases) EXPECT_EQ(text_of(negotiate(accept)), expected) << accept;
}

TEST(AcceptTest, knows_aggregated_discovery) {
  const std::string v2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  EXPECT_TRUE(wants_aggregated_discovery(v2 + ",application/json"));
  EXPECT_FALSE(wants_aggregated_discovery("application/json"));
  EXPECT_FALSE(wants_aggregated_discovery(""));
}

}  // namespace
}  // namespace mesh::simulator
