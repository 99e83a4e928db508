#include "providers/kubernetes/kubeconfig/redact.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

struct RedactCase {
  const char* name;
  std::string text;
  std::string shown;
};
void PrintTo(const RedactCase& row, std::ostream* out) { *out << row.name; }

class Redact : public testing::TestWithParam<RedactCase> {};

TEST_P(Redact, shows) { EXPECT_EQ(redact(GetParam().text), GetParam().shown); }

INSTANTIATE_TEST_SUITE_P(
    Table, Redact,
    testing::Values(
        RedactCase{"plain_words", "error: login expired, run gcloud auth login\n",
                   "error: login expired, run gcloud auth login"},
        RedactCase{"path", "/usr/lib/google-cloud-sdk/bin/gke-gcloud-auth-plugin: not found",
                   "/usr/lib/google-cloud-sdk/bin/gke-gcloud-auth-plugin: not found"},
        RedactCase{"host", "dial tcp: lookup store-api.acme.example on 10.0.0.2:53: no such host",
                   "dial tcp: lookup store-api.acme.example on 10.0.0.2:53: no such host"},
        RedactCase{"jwt", "token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln was refused", "token [hidden] was refused"},
        RedactCase{"bearer", "Authorization: Bearer abcdefgh", "Authorization: Bearer [hidden]"},
        RedactCase{"words_about_tokens", "the token is too old", "the token is too old"},
        RedactCase{"assignment", "--token=s3cr3t --cluster=dc1", "--token=[hidden] --cluster=dc1"},
        RedactCase{"json_token", R"({"token":"s3cr3t-and-more"})", R"({"token":"[hidden]"})"},
        RedactCase{"password", "password: hunter22", "password: [hidden]"},
        RedactCase{"hex", "key 0123456789abcdef0123456789abcdef!", "key [hidden]!"},
        RedactCase{"base64_with_slashes",
                   "x QUJDREVGR0hJ/SktMTU5PUFFS/U1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJz/dHV2d3h5ejAx", "x [hidden]"},
        RedactCase{"pem", "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
                   "a\n[hidden]\nb"},
        RedactCase{"pem_cut", "-----BEGIN PRIVATE KEY-----\nMIIE", "[hidden]"},
        RedactCase{"control_characters", "a\x1b[31mb\x07\r\n", "a[31mb"},
        RedactCase{"uuid", "uid 11111111-2222-3333-4444-555555555555", "uid 11111111-2222-3333-4444-555555555555"},
        RedactCase{"empty", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(RedactLimit, cuts_between_characters) {
  EXPECT_EQ(redact("abcdef", 3), "abc…");
  EXPECT_EQ(redact("ab\xc3\xa4z", 3), "ab…");
  EXPECT_EQ(redact(std::string(1U << 20U, 'a') + " eyJsecret", 10).find("eyJ"), std::string::npos);
}

}  // namespace
}  // namespace mesh::kubernetes
