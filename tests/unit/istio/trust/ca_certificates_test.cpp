#include "providers/istio/trust/ca_certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/time.h"
#include "tests/support/test_ca.h"

namespace mesh::istio {
namespace {

using mesh::testing::make_test_ca;
using mesh::testing::TestCa;

constexpr long hour = 3600;

TEST(CaCertificates, TellsKeyNamesAndTimesOfARoot) {
  const auto now = std::chrono::system_clock::now();
  const TestCa root = make_test_ca({.organization = "acme", .name = "Root CA", .valid_until = 48 * hour});
  const PemCertificates found = ca_certificates(root.certificate);
  ASSERT_EQ(found.certificates.size(), 1U);
  EXPECT_EQ(found.unreadable, 0);
  const CaCertificate& certificate = found.certificates.front();
  EXPECT_EQ(certificate.subject, "CN=Root CA,O=acme");
  EXPECT_TRUE(certificate.self_issued());
  EXPECT_TRUE(certificate.is_ca);
  EXPECT_THAT(certificate.key_sha256, ::testing::MatchesRegex("[0-9a-f]{64}"));
  EXPECT_TRUE(certificate.valid_at(rfc3339(now)));
  EXPECT_TRUE(certificate.valid_at(rfc3339(now + std::chrono::hours(47))));
  EXPECT_FALSE(certificate.valid_at(rfc3339(now + std::chrono::hours(49))));
  EXPECT_FALSE(certificate.valid_at(rfc3339(now - std::chrono::hours(2))));
}

TEST(CaCertificates, ARenewedRootKeepsItsFingerprint) {
  const TestCa old = make_test_ca({.organization = "acme"});
  const TestCa renewed = make_test_ca({.organization = "acme", .valid_until = 20 * 365 * 24 * hour, .key_of = &old});
  const TestCa other = make_test_ca({.organization = "acme"});
  const auto found = ca_certificates(old.certificate + renewed.certificate + other.certificate).certificates;
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(found[0].same_root(found[1]));
  EXPECT_NE(found[0], found[1]);
  EXPECT_FALSE(found[0].same_root(found[2]));
}

TEST(CaCertificates, AnIntermediateNamesItsIssuerAndALeafIsNoCa) {
  const TestCa root = make_test_ca({.organization = "acme", .name = "Root CA"});
  const TestCa middle = make_test_ca({.organization = "acme", .name = "Intermediate CA", .issuer = &root});
  const TestCa leaf = make_test_ca({.organization = "workload", .is_ca = false, .issuer = &middle});
  const auto found = ca_certificates(middle.certificate + leaf.certificate).certificates;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_FALSE(found[0].self_issued());
  EXPECT_EQ(found[0].issuer, "CN=Root CA,O=acme");
  EXPECT_TRUE(found[0].is_ca);
  EXPECT_FALSE(found[1].is_ca);
}

TEST(CaCertificates, AnEqualCertificateIsOne) {
  const TestCa root = make_test_ca({});
  EXPECT_EQ(ca_certificates(root.certificate + root.certificate).certificates.size(), 1U);
}

TEST(CaCertificates, ABrokenBlockHidesNoOther) {
  const TestCa first = make_test_ca({.organization = "first"});
  const TestCa last = make_test_ca({.organization = "last"});
  const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const PemCertificates found = ca_certificates("# bundle\n" + first.certificate + broken + last.certificate);
  ASSERT_EQ(found.certificates.size(), 2U);
  EXPECT_EQ(found.certificates.back().subject, "O=last");
  EXPECT_EQ(found.unreadable, 1);
}

TEST(CaCertificates, ANameCannotSteerTheTerminal) {
  const auto found = ca_certificates(make_test_ca({.organization = "a\x1b[31m"}).certificate).certificates;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().subject.find('\x1b'), std::string::npos);
}

struct TextCase {
  std::string name;
  std::string text;
  int unreadable;
};
class CaCertificatesText : public ::testing::TestWithParam<TextCase> {};

TEST_P(CaCertificatesText, HoldsNoCertificate) {
  const PemCertificates found = ca_certificates(GetParam().text);
  EXPECT_TRUE(found.certificates.empty());
  EXPECT_EQ(found.unreadable, GetParam().unreadable);
}

INSTANTIATE_TEST_SUITE_P(All, CaCertificatesText,
                         ::testing::Values(TextCase{"nothing", "", 0}, TextCase{"no_pem", "hello", 1},
                                           TextCase{"cut", "-----BEGIN CERTIFICATE-----\nMIIB", 1},
                                           TextCase{"another_kind", make_test_ca({}).key, 1}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::istio
