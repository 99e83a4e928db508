#include "engine/model/undialable.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

struct Case {
  std::string name;
  std::string url;
  /// Part of the reason; empty: dialable.
  std::string reason;
};

class Undialable : public testing::TestWithParam<Case> {};

TEST_P(Undialable, reason) {
  const auto reason = undialable(GetParam().url);
  if (GetParam().reason.empty()) {
    EXPECT_EQ(reason, std::nullopt);
  } else {
    ASSERT_TRUE(reason.has_value());
    EXPECT_NE(reason->find(GetParam().reason), std::string::npos) << *reason;
  }
}

INSTANTIATE_TEST_SUITE_P(
    table, Undialable,
    testing::Values(
        Case{"name", "https://store-api.acme.example", ""}, Case{"port", "https://store-api.acme.example:6443", ""},
        Case{"private_ip", "https://10.1.2.3:6443", ""}, Case{"ipv6", "https://[2001:db8::1]:6443", ""},
        Case{"loopback", "https://127.0.0.1:6443", "`127.0.0.1` is a loopback address"},
        Case{"loopback_other", "https://127.8.9.10", "loopback address"},
        Case{"loopback_short", "https://127.1", "loopback address"},
        Case{"loopback_ipv6", "https://[::1]:6443", "loopback address"},
        Case{"loopback_mapped", "https://[::ffff:127.0.0.1]", "loopback address"},
        Case{"localhost", "https://localhost:6443", "`localhost` is a loopback name"},
        Case{"localhost_case", "https://LocalHost", "loopback name"},
        Case{"localhost_dot", "https://localhost.:6443", "loopback name"},
        Case{"below_localhost", "https://c1.localhost:6443", "loopback name"},
        Case{"unspecified", "https://0.0.0.0:6443", "unspecified"},
        Case{"unspecified_ipv6", "https://[::]:6443", "unspecified"},
        Case{"link_local", "https://169.254.169.254", "link-local"},
        Case{"link_local_zone", "https://[fe80::1%25eth0]:6443", "link-local"},
        Case{"docker", "https://host.docker.internal:6443", "only one machine"},
        Case{"kubernetes", "https://kubernetes", "inside one cluster"},
        Case{"kubernetes_default", "https://kubernetes.default", "inside one cluster"},
        Case{"kubernetes_default_svc", "https://kubernetes.default.svc:443", "inside one cluster"},
        Case{"svc", "https://api.platform.svc", "inside one cluster"},
        Case{"cluster_local", "https://api.platform.svc.cluster.local", "inside one cluster"},
        Case{"connect_gateway", "https://connectgateway.googleapis.com/v1/projects/1", "Connect gateway"},
        Case{"connect_gateway_region", "https://us-central1-connectgateway.googleapis.com", "Connect gateway"},
        Case{"user", "https://127.0.0.1@real.example:6443", ""}, Case{"no_scheme", "127.0.0.1:6443", "loopback"},
        Case{"svc_as_label", "https://svc.acme.example", ""},
        Case{"kubernetes_prefix", "https://kubernetes.acme.example", ""},
        Case{"defaults", "https://kubernetes.defaults.example", ""}, Case{"empty", "", "no host"},
        Case{"empty_host", "https://:6443", "no host"}, Case{"open_bracket", "https://[", "no host"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
