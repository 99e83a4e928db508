#include <gtest/gtest.h>

#include "engine/load/check_addresses.h"
#include "engine/load/check_names.h"

namespace mesh {
namespace {

struct Row {
  std::string name;
  Check check;
  std::string text;
  bool good;
};

class Checks : public ::testing::TestWithParam<Row> {};

TEST_P(Checks, verdict) {
  const auto complaint = GetParam().check(GetParam().text);
  EXPECT_EQ(!complaint.has_value(), GetParam().good) << GetParam().text << ": " << (complaint ? complaint->cause : "");
  if (complaint) {
    EXPECT_FALSE(complaint->cause.empty());
    EXPECT_FALSE(complaint->hint.empty());
  }
}

std::string named(const ::testing::TestParamInfo<Row>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    names, Checks,
    ::testing::Values(
        Row{"label", check_dns_label, "dc-1", true}, Row{"label_one", check_dns_label, "a", true},
        Row{"label_digit", check_dns_label, "1a", true}, Row{"label_63", check_dns_label, std::string(63, 'a'), true},
        Row{"label_64", check_dns_label, std::string(64, 'a'), false}, Row{"label_empty", check_dns_label, "", false},
        Row{"label_upper", check_dns_label, "Dc1", false}, Row{"label_dot", check_dns_label, "a.b", false},
        Row{"label_ends", check_dns_label, "-a", false}, Row{"label_end", check_dns_label, "a-", false},
        Row{"value", check_label_value, "Net_1.a", true}, Row{"value_empty", check_label_value, "", false},
        Row{"value_slash", check_label_value, "a/b", false}, Row{"value_end", check_label_value, "a.", false},
        Row{"value_64", check_label_value, std::string(64, 'a'), false},
        Row{"project", check_project_id, "acme-fleet", true}, Row{"project_short", check_project_id, "acme", false},
        Row{"project_digit", check_project_id, "1acme-fleet", false},
        Row{"project_31", check_project_id, std::string(31, 'a'), false}),
    named);

INSTANTIATE_TEST_SUITE_P(
    paths, Checks,
    ::testing::Values(Row{"path", check_path, "kube/dc1.yaml", true}, Row{"path_empty", check_path, "", false},
                      Row{"path_home", check_path, "~/.kube/config", false}, Row{"path_tilde", check_path, "~", false},
                      Row{"path_tilde_name", check_path, "~backup/x", true},
                      Row{"path_control", check_path, "a\nb", false}, Row{"path_unicode", check_path, "é", true},
                      Row{"remote_scp", check_remote, "git@git.example:x/y.git", true},
                      Row{"remote_ssh", check_remote, "ssh://git@git.example/x", true},
                      Row{"remote_https", check_remote, "https://git.example/x@y", true},
                      Row{"remote_path", check_remote, "/srv/git/x.git", true},
                      Row{"remote_option", check_remote, "--upload-pack=x", false},
                      Row{"remote_token", check_remote, "https://ghp_x@git.example/x", false},
                      Row{"remote_password", check_remote, "ssh://me:pw@git.example/x", false}),
    named);

INSTANTIATE_TEST_SUITE_P(
    addresses, Checks,
    ::testing::Values(
        Row{"ip", check_ip, "10.1.2.3", true}, Row{"ip6", check_ip, "2001:db8::1", true},
        Row{"ip6_seven", check_ip, "1:2:3:4:5:6:7::", true}, Row{"ip6_full", check_ip, "1:2:3:4:5:6:7:8", true},
        Row{"ip6_nine", check_ip, "1:2:3:4:5:6:7:8:9", false}, Row{"ip6_twice", check_ip, "1::2::3", false},
        Row{"ip6_v4", check_ip, "::ffff:1.2.3.4", false}, Row{"ip_range", check_ip, "10.1.2.256", false},
        Row{"ip_zero", check_ip, "10.01.2.3", false}, Row{"ip_short", check_ip, "10.1", false},
        Row{"ip_name", check_ip, "gw.example", false}, Row{"ip_zone", check_ip, "fe80::1%eth0", false},
        Row{"ip_nul", check_ip, std::string("10.1.2.3\0x", 10), false}, Row{"cidr", check_cidr, "10.0.0.0/8", true},
        Row{"cidr_all", check_cidr, "0.0.0.0/0", true}, Row{"cidr_one", check_cidr, "10.1.2.3/32", true},
        Row{"cidr6", check_cidr, "2001:db8::/32", true}, Row{"cidr6_all", check_cidr, "::/0", true},
        Row{"cidr_bare", check_cidr, "10.0.0.0", false}, Row{"cidr_33", check_cidr, "10.0.0.0/33", false},
        Row{"cidr_zero", check_cidr, "10.0.0.0/08", false}, Row{"cidr_host_bits", check_cidr, "10.1.2.3/8", false},
        Row{"cidr6_host_bits", check_cidr, "2001:db8::1/64", false},
        Row{"cidr_empty_length", check_cidr, "10.0.0.0/", false}, Row{"cidr_signed", check_cidr, "10.0.0.0/+8", false},
        Row{"cidr_empty", check_cidr, "", false}),
    named);

INSTANTIATE_TEST_SUITE_P(
    urls, Checks,
    ::testing::Values(Row{"url", check_api_server, "https://api.acme.example", true},
                      Row{"url_port", check_api_server, "https://api.acme.example:6443", true},
                      Row{"url_ip", check_api_server, "https://10.1.2.3:6443", true},
                      Row{"url_ip6", check_api_server, "https://[2001:db8::1]:6443", true},
                      Row{"url_ip6_bare", check_api_server, "https://[2001:db8::1]", true},
                      Row{"url_single", check_api_server, "https://api", true},
                      Row{"url_digit_label", check_api_server, "https://1.2.3.4.example", true},
                      Row{"url_http", check_api_server, "http://api.acme.example", false},
                      Row{"url_no_scheme", check_api_server, "api.acme.example:6443", false},
                      Row{"url_path", check_api_server, "https://api.acme.example/k8s/clusters/c-1", true},
                      Row{"url_empty_step", check_api_server, "https://api.acme.example//k8s", false},
                      Row{"url_path_and_query", check_api_server, "https://api.acme.example/k8s?x=1", false},
                      Row{"url_slash", check_api_server, "https://api.acme.example/", false},
                      Row{"url_query", check_api_server, "https://api.acme.example?x", false},
                      Row{"url_user", check_api_server, "https://me@api.acme.example", false},
                      Row{"url_port_0", check_api_server, "https://api:0", false},
                      Row{"url_port_65536", check_api_server, "https://api:65536", false},
                      Row{"url_port_empty", check_api_server, "https://api:", false},
                      Row{"url_no_host", check_api_server, "https://", false},
                      Row{"url_bad_ip", check_api_server, "https://10.1.2.300", false},
                      Row{"url_brackets_v4", check_api_server, "https://[10.1.2.3]", false},
                      Row{"url_ip6_no_brackets", check_api_server, "https://2001:db8::1", false},
                      Row{"url_underscore", check_api_server, "https://a_b.example", false},
                      Row{"url_dots", check_api_server, "https://a..b", false},
                      Row{"url_space", check_api_server, "https://a b", false}),
    named);

}  // namespace
}  // namespace mesh
