#include "engine/render/render_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

CaCertificate root(const std::string& name) {
  return {.key_sha256 = "0123456789abcdef of " + name,
          .subject = "O=" + name,
          .issuer = "O=" + name,
          .not_after = "2036-01-01T00:00:00Z",
          .is_ca = true};
}

TrustEdge broken(const std::string& from, const std::string& to, TrustVerdict verdict, const std::string& reason) {
  return {.from = from, .to = to, .verdict = verdict, .reason = reason};
}

TEST(RenderTrust, ShowsGroupsPairsAndWhatToAdd) {
  const TrustGraph graph{.clusters = {{.cluster = "dc1"}, {.cluster = "dc2"}, {.cluster = "store"}, {.cluster = "web"}},
                         .groups = {{.ca = CaType::istio_ca, .roots = {root("acme")}, .clusters = {"dc1", "dc2"}},
                                    {.ca = CaType::istio_ca, .roots = {root("sh\x1bop")}, .clusters = {"store"}},
                                    {.ca = CaType::ca_service, .ca_name = "pools/one", .clusters = {"web"}}},
                         .edges = {{.from = "dc1", .to = "dc2", .verdict = TrustVerdict::works},
                                   broken("dc1", "store", TrustVerdict::cannot_work, "roots"),
                                   broken("dc2", "store", TrustVerdict::works_one_way, "not back"),
                                   broken("store", "dc1", TrustVerdict::cannot_work, "roots"),
                                   broken("store", "dc2", TrustVerdict::cannot_work, "a domain"),
                                   broken("web", "dc1", TrustVerdict::unknown, "not read")},
                         .bundles = {{.root = root("acme"), .of = {"dc1", "dc2"}, .into = {"store"}}},
                         .aliases = {{.domain = "a.example", .into = {"store"}}}};
  EXPECT_EQ(render_trust(graph, Color::off),
            "trust\n"
            "  Istio CA, root O=acme (key sha256 0123456789ab, until 2036-01-01): dc1, dc2\n"
            "  Istio CA, root O=sh?op (key sha256 0123456789ab, until 2036-01-01): store\n"
            "  CA Service pools/one: web\n"
            "  dc1 <-> store  cannot work    roots\n"
            "  dc2 -> store   works one way  not back\n"
            "  store -> dc2   cannot work    a domain\n"
            "  web -> dc1     not known      not read\n"
            "  add root O=acme (key sha256 0123456789ab, until 2036-01-01) of dc1, dc2 to the trust bundles of store\n"
            "  add `a.example` to meshConfig.trustDomainAliases of store\n");
}

TEST(RenderTrust, SaysThatAllWorks) {
  const TrustGraph graph{.clusters = {{.cluster = "a"}, {.cluster = "b"}},
                         .groups = {{.ca = CaType::mesh_ca, .clusters = {"a", "b"}}},
                         .edges = {{.from = "a", .to = "b", .verdict = TrustVerdict::works}}};
  EXPECT_EQ(render_trust(graph, Color::off),
            "trust\n"
            "  Mesh CA: a, b\n"
            "  all of 1 planned way work as far as was read\n");
  EXPECT_EQ(render_trust({}, Color::off), "");
}

TEST(RenderTrust, StaysShortForALargeMesh) {
  TrustGraph graph;
  TrustGroup group{.ca = CaType::istio_ca};
  for (int i = 0; i < 250; ++i) {
    const std::string name = "c" + std::to_string(i);
    graph.clusters.push_back({.cluster = name});
    group.clusters.push_back(name);
    graph.edges.push_back(broken(name, "x", TrustVerdict::cannot_work, "roots"));
  }
  graph.groups = {group};
  const std::string text = render_trust(graph, Color::off);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 23);
  EXPECT_THAT(text, ::testing::HasSubstr("c11 and 238 others\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("  and more: `--format json` shows all\n"));
}

}  // namespace
}  // namespace mesh
