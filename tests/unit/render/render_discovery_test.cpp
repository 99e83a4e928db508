#include "engine/render/render_discovery.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mesh {
namespace {

DiscoveryEdge edge(const std::string& from, const std::string& to, EdgeVerdict verdict = EdgeVerdict::effective) {
  return {.from = from,
          .to = to,
          .id = "cn-" + to,
          .wanted = true,
          .secret = Answer::yes,
          .gateway = Answer::yes,
          .exposed = Answer::yes,
          .verdict = verdict};
}

DiscoveryEdge late(const std::string& from, const std::string& to) {
  DiscoveryEdge one = edge(from, to, EdgeVerdict::not_effective);
  one.replicas = {{.pod = "istiod-of-" + from, .status = "timeout", .fault = EdgeFault::timeout}};
  return one;
}

TEST(RenderDiscovery, all_that_works_is_a_number) {
  EXPECT_EQ(render_discovery({edge("a", "b"), edge("b", "a")}, Color::off),
            "discovery\n"
            "  2 of 2 discoveries of the spec are in effect in every istiod\n");
}

TEST(RenderDiscovery, shows_the_three_layers_of_the_others) {
  DiscoveryEdge broken = edge("a", "b", EdgeVerdict::not_effective);
  broken.replicas = {{.pod = "istiod-1", .status = "synced", .endpoints = HeldEndpoints{1, 2}},
                     {.pod = "istiod\x1b[2J", .status = "synced", .fault = EdgeFault::no_gateway}};
  DiscoveryEdge absent = edge("b", "a", EdgeVerdict::not_applied);
  absent.secret = Answer::no;
  absent.reason = "no remote Secret has the key `cn-a`";
  DiscoveryEdge stale = edge("b", "", EdgeVerdict::unwanted);
  stale.id = "cn-old";
  stale.wanted = false;
  stale.secret = Answer::no;
  stale.reason = "left over";
  stale.replicas = {{.pod = "istiod-2", .status = "synced"}};
  DiscoveryEdge silent = edge("c", "a", EdgeVerdict::unknown);
  silent.gateway = Answer::unknown;
  silent.reason = "istiod could not be asked";
  EXPECT_EQ(render_discovery({broken, absent, stale, silent}, Color::off),
            "discovery      spec  applied  in effect\n"
            "  a -> b       yes   yes      no         istiod-1: synced, 2 endpoints; istiod?[2J: synced (no_gateway)\n"
            "  b -> a       yes   no       -          no remote Secret has the key `cn-a`\n"
            "  b -> cn-old  no    no       yes        left over; istiod-2: synced\n"
            "  c -> a       yes   ?        ?          istiod could not be asked\n"
            "  0 of 3 discoveries of the spec are in effect in every istiod\n");
}

TEST(RenderDiscovery, many_that_fail_alike_are_one_line) {
  std::vector<DiscoveryEdge> edges;
  for (int i = 0; i < 9; ++i) edges.push_back(late(fmt::format("c{}", i), "dead"));
  for (int i = 0; i < 5; ++i) {
    edges.push_back(edge("dead", fmt::format("c{}", i), EdgeVerdict::unknown));
    edges.back().reason = "dead did not answer";
  }
  edges.push_back(late("x", "y"));
  EXPECT_EQ(render_discovery(edges, Color::off),
            "discovery             spec  applied  in effect\n"
            "  9 clusters -> dead  yes   yes      no         timeout: c0, c1, c2, c3, c4, c5 and 3 others\n"
            "  dead -> 5 clusters  yes   yes      ?          dead did not answer: c0, c1, c2, c3, c4\n"
            "  x -> y              yes   yes      no         istiod-of-x: timeout\n"
            "  0 of 15 discoveries of the spec are in effect in every istiod\n");
}

TEST(RenderDiscovery, is_never_long) {
  std::vector<DiscoveryEdge> edges;
  for (int i = 0; i < 200; ++i) edges.push_back(late(fmt::format("a{}", i), fmt::format("b{}", i)));
  const std::string text = render_discovery(edges, Color::off);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 50);
  EXPECT_NE(text.find("and more: `--format json` shows all"), std::string::npos);
}

}  // namespace
}  // namespace mesh
