#include "providers/istio/trust/mesh_trust_config.h"

#include <gtest/gtest.h>

namespace mesh::istio {
namespace {

using nlohmann::json;

TEST(MeshTrustConfig, TakesWhatConcernsTrust) {
  const MeshTrustConfig config = mesh_trust_config(json::parse(R"({
    "trustDomain": "acme.example",
    "trustDomainAliases": ["cluster.local", "old.example"],
    "caCertificates": [{"pem": "one", "trustDomains": ["store.example"]},
                       {"spiffeBundleUrl": "https://bundle.example"}, {"pem": "two"}],
    "defaultConfig": {"proxyMetadata": {"CA_PROVIDER": "GoogleCA", "PROXY_CONFIG_XDS_AGENT": "true"}},
    "enableAutoMtls": "true"})"));
  EXPECT_EQ(config.trust_domain, "acme.example");
  EXPECT_EQ(config.aliases, (std::set<std::string>{"cluster.local", "old.example"}));
  EXPECT_EQ(config.ca_certificates, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(config.certificate_domains, (std::set<std::string>{"store.example"}));
  EXPECT_TRUE(config.has_url);
  EXPECT_EQ(config.proxy_metadata.at("CA_PROVIDER"), "GoogleCA");
  EXPECT_EQ(config.proxy_metadata.at("PROXY_CONFIG_XDS_AGENT"), "true");
}

TEST(MeshTrustConfig, WhatHasAnotherShapeCountsAsNotThere) {
  for (const char* text :
       {"null", "[]", "3", R"({"trustDomain": ["a"], "trustDomainAliases": "x",
                           "caCertificates": {"pem": "y"}, "defaultConfig": "z"})",
        R"({"caCertificates": ["y", {"pem": 3, "trustDomains": "a"}], "trustDomainAliases": [1]})"}) {
    EXPECT_EQ(mesh_trust_config(json::parse(text)), MeshTrustConfig{}) << text;
  }
}

}  // namespace
}  // namespace mesh::istio
