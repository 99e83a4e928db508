#include "providers/simulator/server/stream_protocol.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

using Names = std::vector<std::string>;

TEST(StreamProtocol, lists_what_a_header_has) {
  EXPECT_EQ(listed("a,b , c"), (Names{"a", "b", "c"}));
  EXPECT_EQ(listed(" , ,a,"), Names{"a"});
  EXPECT_EQ(listed(""), Names{});
}

TEST(StreamProtocol, is_the_first_of_the_clients_that_the_server_speaks) {
  const Names spoken = spdy_protocols(Upgrade::Kind::exec);
  EXPECT_EQ(agreed({"v5.channel.k8s.io", "v3.channel.k8s.io", "v4.channel.k8s.io"}, spoken), "v3.channel.k8s.io");
  EXPECT_EQ(agreed({"v5.channel.k8s.io"}, spoken), "");
  EXPECT_EQ(agreed({}, spoken), "");
  EXPECT_EQ(spdy_protocols(Upgrade::Kind::port_forward), Names{"portforward.k8s.io"});
}

TEST(StreamProtocol, knows_who_wants_spdy) {
  EXPECT_TRUE(wants_spdy("keep-alive, Upgrade", "spdy/3.1"));
  EXPECT_FALSE(wants_spdy("keep-alive", "SPDY/3.1"));
  EXPECT_FALSE(wants_spdy("Upgrade", "websocket"));
}

TEST(StreamProtocol, refuses_as_the_kubelet_does) {
  const ApiResponse silent = no_common_protocol(std::nullopt, {"a"});
  EXPECT_EQ(silent.status, 400);
  const ApiResponse other = no_common_protocol("x, y", {"a", "b"});
  EXPECT_EQ(other.status, 403);
  EXPECT_EQ(other.body,
            "unable to upgrade: unable to negotiate protocol: client supports [x y], server accepts [a b]\n");
  EXPECT_EQ(other.headers.count("X-Accepted-Stream-Protocol-Versions"), 2);
}

}  // namespace
}  // namespace mesh::simulator
