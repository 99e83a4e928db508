#include "providers/simulator/apiserver/request/accept.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

constexpr const char* table = "application/json;as=Table;v=v1;g=meta.k8s.io";

std::string text_of(const std::optional<Accepted>& accepted) {
  if (!accepted) return "406";
  const char* const forms[] = {"object", "table", "partial", "partial_list"};
  const std::string form = forms[static_cast<int>(accepted->form)];
  return form + (accepted->form == Form::object ? "" : " " + accepted->version) + (accepted->yaml ? " yaml" : "");
}

TEST(AcceptTest, takes_the_first_that_can_be_served) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "object"},
      {"*/*", "object"},
      {"application/*", "406"},
      {"application/json", "object"},
      {"application/yaml", "object yaml"},
      {"text/html", "406"},
      {"application/vnd.kubernetes.protobuf", "406"},
      {"application/vnd.kubernetes.protobuf,application/json", "object"},
      {"text/html,application/json;q=0.9", "object"},
      {"application/json;q=0.5,application/yaml", "object yaml"},
      {table, "table v1"},
      {"application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", "table v1beta1"},
      {"application/json;as=Table;v=v3;g=meta.k8s.io", "406"},
      {"application/json;as=Table;v=v3;g=meta.k8s.io,application/json", "object"},
      {"application/json;as=Foo;v=v1;g=meta.k8s.io", "406"},
      {"application/json;as=Foo;g=meta.k8s.io;v=v1,*/*", "object"},
      {"application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "partial v1"},
      {"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "partial_list v1"},
  };
  for (const auto& [accept, expected] : cases) EXPECT_EQ(text_of(negotiate(accept)), expected) << accept;
  EXPECT_EQ(text_of(negotiate(table, FormsAllowed::no)), "406");
}

TEST(AcceptTest, says_what_can_be_had) {
  EXPECT_NE(unacceptable_reply("text/html").body.find("406: Not Acceptable"), std::string::npos);
  const Reply reply = unacceptable_reply("application/json;as=Foo;g=meta.k8s.io;v=v1");
  EXPECT_EQ(reply.status, 406);
  EXPECT_NE(reply.body.find("only the following media types are accepted"), std::string::npos);
}

TEST(AcceptTest, knows_aggregated_discovery) {
  const std::string v2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const std::string beta = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
  EXPECT_EQ(aggregated_discovery(v2 + "," + beta + ",application/json"), "v2");
  EXPECT_EQ(aggregated_discovery(beta + ",application/json"), "v2beta1");
  EXPECT_EQ(aggregated_discovery("application/json"), std::nullopt);
  EXPECT_EQ(aggregated_discovery(""), std::nullopt);
}

}  // namespace
}  // namespace mesh::simulator
