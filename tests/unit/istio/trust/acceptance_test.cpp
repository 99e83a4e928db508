#include "providers/istio/trust/acceptance.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "engine/base/time.h"
#include "tests/unit/istio/trust/trust_worlds.h"

namespace mesh::istio {
namespace {

using mesh::testing::google_cluster;
using mesh::testing::istio_ca_cluster;
using mesh::testing::make_test_ca;
using mesh::testing::root_named;
using mesh::testing::test_now;
using mesh::testing::TestCa;

struct RootCase {
  std::string name;
  ClusterTrust verifier;
  ClusterTrust presenter;
  Answer expected;
};
class AcceptanceOfRoots : public ::testing::TestWithParam<RootCase> {};

TEST_P(AcceptanceOfRoots, IsAsInTheTable) {
  EXPECT_EQ(accepts_root(GetParam().verifier, GetParam().presenter, test_now), GetParam().expected);
}

ClusterTrust with_added(ClusterTrust trust, const std::string& root) {
  trust.added.push_back(root_named(root));
  return trust;
}

ClusterTrust with_roots(std::vector<CaCertificate> roots) {
  ClusterTrust trust = istio_ca_cluster("x", {});
  trust.roots = std::move(roots);
  return trust;
}

CaCertificate changed(CaCertificate root, std::string CaCertificate::*field, const std::string& value) {
  root.*field = value;
  return root;
}

CaCertificate expired(const std::string& name) {
  return changed(root_named(name), &CaCertificate::not_after, "2026-11-01T00:00:00Z");
}

CaCertificate below(const std::string& name, const std::string& issuer) {
  return changed(root_named(name), &CaCertificate::issuer, "O=" + issuer);
}

CaCertificate no_ca(const std::string& name) {
  CaCertificate root = root_named(name);
  root.is_ca = false;
  return root;
}

ClusterTrust from_url(ClusterTrust trust) {
  trust.more_from_url = true;
  return trust;
}

const std::vector<RootCase> root_cases = {
    {"same_root", istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"r"}), Answer::yes},
    {"two_roots", istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"}), Answer::no},
    {"combined_root_cert", istio_ca_cluster("a", {"r", "s"}), istio_ca_cluster("b", {"s"}), Answer::yes},
    {"added_by_the_mesh_configuration", with_added(istio_ca_cluster("a", {"r"}), "s"), istio_ca_cluster("b", {"s"}),
     Answer::yes},
    {"what_the_presenter_adds_does_not_sign", istio_ca_cluster("a", {"r"}),
     with_added(istio_ca_cluster("b", {"s"}), "r"), Answer::no},
    {"one_of_two_roots_may_sign", istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"r", "s"}), Answer::unknown},
    {"none_of_two_roots", istio_ca_cluster("a", {"t"}), istio_ca_cluster("b", {"r", "s"}), Answer::no},
    {"both_of_two_roots", istio_ca_cluster("a", {"s", "r"}), istio_ca_cluster("b", {"r", "s"}), Answer::yes},
    {"renewed_root", istio_ca_cluster("a", {"r"}),
     with_roots({changed(root_named("r"), &CaCertificate::not_after, "2046-01-01T00:00:00Z")}), Answer::yes},
    {"same_key_under_another_name", istio_ca_cluster("a", {"r"}),
     with_roots({changed(changed(root_named("r"), &CaCertificate::subject, "O=new"), &CaCertificate::issuer, "O=new")}),
     Answer::no},
    {"same_name_with_another_key", istio_ca_cluster("a", {"r"}),
     with_roots({changed(root_named("r"), &CaCertificate::key_sha256, "another")}), Answer::no},
    {"expired_root_of_both", with_roots({expired("r")}), with_roots({expired("r")}), Answer::no},
    {"expired_in_the_bundle_only", with_roots({expired("r")}), istio_ca_cluster("b", {"r"}), Answer::no},
    {"expired_next_to_the_one_that_signs", istio_ca_cluster("a", {"r"}), with_roots({root_named("r"), expired("s")}),
     Answer::yes},
    {"not_valid_yet", istio_ca_cluster("a", {"r"}),
     with_roots({changed(root_named("r"), &CaCertificate::not_before, "2027-01-01T00:00:00Z")}), Answer::no},
    {"a_leaf_as_root", with_roots({no_ca("r")}), with_roots({no_ca("r")}), Answer::no},
    {"intermediate_as_root_of_the_presenter", istio_ca_cluster("a", {"r"}), with_roots({below("i", "r")}),
     Answer::unknown},
    {"intermediate_as_root_of_the_verifier", with_roots({below("i", "r")}), istio_ca_cluster("b", {"r"}),
     Answer::unknown},
    {"intermediate_of_another_root", istio_ca_cluster("a", {"r"}), with_roots({below("i", "s")}), Answer::no},
    {"roots_from_a_url", from_url(istio_ca_cluster("a", {"r"})), istio_ca_cluster("b", {"s"}), Answer::unknown},
    {"roots_of_the_presenter_not_read", istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {}), Answer::unknown},
    {"roots_of_the_verifier_not_read", istio_ca_cluster("a", {}), istio_ca_cluster("b", {"r"}), Answer::unknown},
    {"mesh_ca", google_cluster("a", CaType::mesh_ca), google_cluster("b", CaType::mesh_ca), Answer::yes},
    {"one_pool", google_cluster("a", CaType::ca_service, "p"), google_cluster("b", CaType::ca_service, "p"),
     Answer::yes},
    {"two_pools", google_cluster("a", CaType::ca_service, "p"), google_cluster("b", CaType::ca_service, "q"),
     Answer::unknown},
    {"no_pool_known", google_cluster("a", CaType::ca_service), google_cluster("b", CaType::ca_service),
     Answer::unknown},
    {"workload_certificates", google_cluster("a", CaType::workload_certificates),
     google_cluster("b", CaType::workload_certificates), Answer::unknown},
    {"mesh_ca_and_ca_service", google_cluster("a", CaType::mesh_ca), google_cluster("b", CaType::ca_service, "p"),
     Answer::no},
    {"mesh_ca_before_istio_ca", google_cluster("a", CaType::mesh_ca), istio_ca_cluster("b", {"r"}), Answer::no},
    {"mesh_ca_with_the_root_added", with_added(google_cluster("a", CaType::mesh_ca), "r"), istio_ca_cluster("b", {"r"}),
     Answer::yes},
    {"istio_ca_before_mesh_ca", istio_ca_cluster("a", {"r"}), google_cluster("b", CaType::mesh_ca), Answer::no},
    {"istio_ca_with_more_roots_before_mesh_ca", istio_ca_cluster("a", {"r", "s"}), google_cluster("b", CaType::mesh_ca),
     Answer::unknown},
    {"istio_ca_with_an_added_root_before_mesh_ca", with_added(istio_ca_cluster("a", {"r"}), "s"),
     google_cluster("b", CaType::mesh_ca), Answer::unknown},
    {"type_of_the_presenter_not_known", istio_ca_cluster("a", {"r"}), google_cluster("b", CaType::unknown),
     Answer::unknown},
    {"type_of_the_verifier_not_known", google_cluster("a", CaType::unknown), istio_ca_cluster("b", {"r"}),
     Answer::unknown},
};
INSTANTIATE_TEST_SUITE_P(All, AcceptanceOfRoots, ::testing::ValuesIn(root_cases),
                         [](const auto& row) { return row.param.name; });

ClusterTrust in_domain(const std::string& domain, const std::set<std::string>& aliases = {}) {
  ClusterTrust trust = istio_ca_cluster(domain, {"r"});
  trust.trust_domain = domain;
  trust.aliases = aliases;
  return trust;
}

ClusterTrust reading_peers(ClusterTrust trust, Answer reads, Answer readable = Answer::no) {
  trust.reads_peer_domain = reads;
  trust.domain_readable = readable;
  return trust;
}

ClusterTrust taking_any_client(ClusterTrust trust) {
  trust.any_client_domain = true;
  return trust;
}

ClusterTrust with_client_domain(ClusterTrust trust, const std::string& domain) {
  trust.client_domains.insert(domain);
  return trust;
}

struct DomainCase {
  std::string name;
  ClusterTrust caller;
  ClusterTrust callee;
  Answer client_accepts;
  Answer server_accepts;
};
class AcceptanceOfDomains : public ::testing::TestWithParam<DomainCase> {};

TEST_P(AcceptanceOfDomains, IsAsInTheTable) {
  EXPECT_EQ(client_accepts_domain(GetParam().caller, GetParam().callee), GetParam().client_accepts);
  EXPECT_EQ(server_accepts_domain(GetParam().callee, GetParam().caller), GetParam().server_accepts);
}

const std::vector<DomainCase> domain_cases = {
    {"same", in_domain("a"), in_domain("a"), Answer::yes, Answer::yes},
    {"different", in_domain("a"), in_domain("b"), Answer::no, Answer::no},
    {"only_the_caller_knows", in_domain("a", {"b"}), in_domain("b"), Answer::yes, Answer::no},
    {"only_the_callee_knows", in_domain("a"), in_domain("b", {"a"}), Answer::no, Answer::yes},
    {"both_know", in_domain("a", {"b"}), in_domain("b", {"a"}), Answer::yes, Answer::yes},
    {"a_common_alias_is_no_identity", in_domain("a", {"c"}), in_domain("b", {"c"}), Answer::no, Answer::no},
    {"any_client", in_domain("a", {"b"}), taking_any_client(in_domain("b")), Answer::yes, Answer::yes},
    {"any_client_says_nothing_about_servers", taking_any_client(in_domain("a")), in_domain("b"), Answer::no,
     Answer::no},
    {"domains_of_added_certificates_are_for_clients", with_client_domain(in_domain("a"), "b"),
     with_client_domain(in_domain("b"), "a"), Answer::no, Answer::yes},
    {"istiod_reads_the_peer", reading_peers(in_domain("a"), Answer::yes),
     reading_peers(in_domain("b"), Answer::no, Answer::yes), Answer::yes, Answer::no},
    {"istiod_may_not_read_the_peer", reading_peers(in_domain("a"), Answer::yes), in_domain("b"), Answer::no,
     Answer::no},
    {"version_of_istiod_not_known", reading_peers(in_domain("a"), Answer::unknown),
     reading_peers(in_domain("b"), Answer::no, Answer::yes), Answer::unknown, Answer::no},
    {"domain_of_the_callee_not_read", in_domain("a"), in_domain(""), Answer::unknown, Answer::unknown},
    {"domain_of_the_caller_not_read", in_domain(""), in_domain("b"), Answer::unknown, Answer::unknown},
};
INSTANTIATE_TEST_SUITE_P(All, AcceptanceOfDomains, ::testing::ValuesIn(domain_cases),
                         [](const auto& row) { return row.param.name; });

/// What two clusters with these authorities and bundles look like when they are read.
ClusterTrust read_of(const std::string& bundle) {
  ClusterTrust trust = istio_ca_cluster("x", {});
  trust.roots = ca_certificates(bundle).certificates;
  return trust;
}

/// Bundles are drawn; each cluster signs with the first root of its own. TLS says what is true: it may not contradict,
/// and may say more only where several roots could sign.
TEST(Acceptance, AgreesWithTls) {
  const std::string now = rfc3339(std::chrono::system_clock::now());
  const TestCa old = make_test_ca({.organization = "old"});
  const std::vector<TestCa> pool = {old,
                                    make_test_ca({.organization = "old", .valid_until = 48L * 3600, .key_of = &old}),
                                    make_test_ca({.organization = "acme"}), make_test_ca({.organization = "acme"}),
                                    make_test_ca({.organization = "gone", .valid_from = -7200, .valid_until = -3600})};
  std::mt19937 random(10);  // NOLINT(bugprone-random-generator-seed): the same cases each time.
  int works = 0;
  for (int round = 0; round < 60; ++round) {
    const TestCa& one = pool[random() % pool.size()];
    const TestCa& other = pool[random() % pool.size()];
    std::string one_trusts = one.certificate;
    std::string other_trusts = other.certificate;
    if (random() % 2 == 0) one_trusts += pool[random() % pool.size()].certificate;
    if (random() % 2 == 0) other_trusts += pool[random() % pool.size()].certificate;
    const ClusterTrust first = read_of(one_trusts);
    const ClusterTrust second = read_of(other_trusts);
    const Answer answer = both(accepts_root(first, second, now), accepts_root(second, first, now));
    const bool crosses = mesh::testing::mutual_tls_succeeds(one, one_trusts, other, other_trusts);
    const bool back = mesh::testing::mutual_tls_succeeds(other, other_trusts, one, one_trusts);
    EXPECT_EQ(crosses, back) << "mutual TLS needs the same of both sides, round " << round;
    // Who signs with an expired root is judged by the valid ones beside it: its own workloads do not work either.
    const std::string& gone = pool.back().certificate;
    const bool signs_with_valid = one.certificate != gone && other.certificate != gone;
    if (answer == Answer::yes && signs_with_valid) {
      EXPECT_TRUE(crosses) << "round " << round;
    }
    if (answer == Answer::no) {
      EXPECT_FALSE(crosses) << "round " << round;
    }
    if (crosses) ++works;
  }
  EXPECT_GT(works, 5);
  EXPECT_LT(works, 55);
}

struct ChainCase {
  std::string name;
  ClusterTrust verifier;
  ClusterTrust presenter;
  std::vector<CaCertificate> chain;
  Answer expected;
};
class AcceptanceOfChains : public ::testing::TestWithParam<ChainCase> {};

TEST_P(AcceptanceOfChains, IsAsInTheTable) {
  const ChainCase& one = GetParam();
  EXPECT_EQ(accepts_chain(one.verifier, one.presenter, one.chain, test_now), one.expected);
}

CaCertificate with_key(CaCertificate root, const std::string& key) {
  return changed(std::move(root), &CaCertificate::key_sha256, key);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, AcceptanceOfChains,
    ::testing::Values(
        ChainCase{
            "root_in_the_chain", istio_ca_cluster("a", {"r"}), {}, {below("leaf", "r"), root_named("r")}, Answer::yes},
        ChainCase{"root_of_the_presenter",
                  istio_ca_cluster("a", {"r"}),
                  istio_ca_cluster("b", {"r"}),
                  {below("leaf", "r")},
                  Answer::yes},
        ChainCase{"trusted_intermediate",
                  istio_ca_cluster("a", {"ca"}),
                  {},
                  {below("leaf", "ca"), below("ca", "r")},
                  Answer::yes},
        ChainCase{"added_root",
                  with_added(istio_ca_cluster("a", {"r"}), "s"),
                  istio_ca_cluster("b", {"s"}),
                  {below("leaf", "s")},
                  Answer::yes},
        ChainCase{"another_root",
                  istio_ca_cluster("a", {"r"}),
                  istio_ca_cluster("b", {"s"}),
                  {below("leaf", "ca"), below("ca", "s")},
                  Answer::no},
        ChainCase{"the_same_name_with_another_key",
                  istio_ca_cluster("a", {"r"}),
                  with_roots({with_key(root_named("r"), "k")}),
                  {below("leaf", "r")},
                  Answer::no},
        ChainCase{"the_same_name_in_the_chain",
                  istio_ca_cluster("a", {"r"}),
                  {},
                  {below("leaf", "r"), with_key(root_named("r"), "k")},
                  Answer::no},
        ChainCase{"a_root_that_is_not_known_by_name",
                  istio_ca_cluster("a", {"r"}),
                  istio_ca_cluster("b", {"s"}),
                  {below("leaf", "r")},
                  Answer::unknown},
        ChainCase{"an_expired_root",
                  with_roots({expired("r")}),
                  istio_ca_cluster("b", {"r"}),
                  {below("leaf", "r")},
                  Answer::no},
        ChainCase{"google_signs",
                  google_cluster("a", CaType::mesh_ca),
                  istio_ca_cluster("b", {"r"}),
                  {below("leaf", "r")},
                  Answer::unknown},
        ChainCase{"nothing_seen", istio_ca_cluster("a", {"r"}), istio_ca_cluster("b", {"s"}), {}, Answer::unknown}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace mesh::istio
