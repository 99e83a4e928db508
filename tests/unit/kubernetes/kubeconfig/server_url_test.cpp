#include "providers/kubernetes/kubeconfig/server_url.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

struct UrlCase {
  const char* name;
  const char* text;
  /// Empty: refused.
  const char* canonical;
};
void PrintTo(const UrlCase& row, std::ostream* out) { *out << row.name; }

class ServerUrlParse : public testing::TestWithParam<UrlCase> {};
TEST_P(ServerUrlParse, gives) {
  const auto url = parse_server_url(GetParam().text);
  EXPECT_EQ(url ? to_string(*url) : "", std::string(GetParam().canonical));
}
INSTANTIATE_TEST_SUITE_P(Table, ServerUrlParse,
                         testing::Values(UrlCase{"port", "https://a.example:6443", "https://a.example:6443"},
                                         UrlCase{"path", "https://a.example/k8s/c-1/", "https://a.example/k8s/c-1"},
                                         UrlCase{"case_of_host", "HTTPS://A.example", "https://a.example"},
                                         UrlCase{"v6", "https://[::1]:6443", "https://[::1]:6443"},
                                         UrlCase{"user_part_dropped", "http://me:pw@proxy:3128", "http://proxy:3128"},
                                         UrlCase{"no_scheme", "a.example:6443", ""}, UrlCase{"no_host", "https://", ""},
                                         UrlCase{"bad_port", "https://a:0", ""},
                                         UrlCase{"big_port", "https://a:65536", ""},
                                         UrlCase{"query", "https://a/?x=1", ""}, UrlCase{"blank", "https://a b", ""},
                                         UrlCase{"line_break", "https://a\r\nHost: b", ""},
                                         UrlCase{"open_bracket", "https://[::1", ""}, UrlCase{"empty", "", ""}),
                         [](const auto& row) { return row.param.name; });

struct ProxyCase {
  const char* name;
  const char* server;
  Environment environment;
  const char* proxy;
};
void PrintTo(const ProxyCase& row, std::ostream* out) { *out << row.name; }

class ServerUrlProxy : public testing::TestWithParam<ProxyCase> {};
TEST_P(ServerUrlProxy, is) {
  EXPECT_EQ(proxy_from_environment(GetParam().server, GetParam().environment), GetParam().proxy);
}

Environment no(const char* list) { return {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", list}}; }

INSTANTIATE_TEST_SUITE_P(
    Table, ServerUrlProxy,
    testing::Values(ProxyCase{"none", "https://a.example", {}, ""},
                    ProxyCase{"https", "https://a.example", {{"HTTPS_PROXY", "http://p:1"}}, "http://p:1"},
                    ProxyCase{
                        "lower_case_name", "https://a.example", {{"https_proxy", "socks5://p:1"}}, "socks5://p:1"},
                    ProxyCase{"scheme_added", "https://a.example", {{"HTTPS_PROXY", "p:1"}}, "http://p:1"},
                    ProxyCase{"http_is_another", "http://a.example", {{"HTTPS_PROXY", "http://p:1"}}, ""},
                    ProxyCase{"all_proxy_unknown_to_go", "https://a.example", {{"ALL_PROXY", "http://p:1"}}, ""},
                    ProxyCase{"loopback_name", "https://localhost:6443", no(""), ""},
                    ProxyCase{"loopback_address", "https://127.0.0.9:6443", no(""), ""},
                    ProxyCase{"star", "https://a.example", no("x, *"), ""},
                    ProxyCase{"host", "https://a.example", no("b.example,A.example"), ""},
                    ProxyCase{"below_host", "https://x.a.example", no("a.example"), ""},
                    ProxyCase{"not_a_suffix_only", "https://ba.example", no("a.example"), "http://p:1"},
                    ProxyCase{"dot_is_below_only", "https://a.example", no(".a.example"), "http://p:1"},
                    ProxyCase{"dot", "https://x.a.example", no(".a.example"), ""},
                    ProxyCase{"port", "https://a.example:6443", no("a.example:6443"), ""},
                    ProxyCase{"other_port", "https://a.example", no("a.example:6443"), "http://p:1"},
                    ProxyCase{"implied_port", "https://a.example", no("a.example:443"), ""},
                    ProxyCase{"cidr", "https://10.1.2.3", no("10.0.0.0/8"), ""},
                    ProxyCase{"cidr_misses", "https://11.1.2.3", no("10.0.0.0/8"), "http://p:1"},
                    ProxyCase{"cidr_v6", "https://[fd00::1]", no("fd00::/8"), ""},
                    ProxyCase{"address_v6", "https://[fd00::1]", no("fd00:0::1"), ""},
                    ProxyCase{"bad_cidr", "https://10.1.2.3", no("10.0.0.0/99"), "http://p:1"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::kubernetes
