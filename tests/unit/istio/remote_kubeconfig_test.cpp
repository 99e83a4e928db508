#include "providers/istio/remote_kubeconfig.h"

#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace mesh::istio {
namespace {

const RemoteAccess access_of_store = {.cluster_id = "cn-acme-fleet-global-store",
                                      .server = "https://store-api.acme.example:6443",
                                      .ca_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                                      .token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrOHMifQ.c2ln_-"};

TEST(RemoteKubeconfig, bytes) {
  testing::expect_golden(testing::golden_folder("desired") / "remote_kubeconfig.yaml",
                         remote_kubeconfig(access_of_store));
}

TEST(RemoteKubeconfig, without_an_authority_the_system_decides) {
  RemoteAccess access = access_of_store;
  access.ca_pem.clear();
  EXPECT_EQ(remote_kubeconfig(access).find("certificate-authority"), std::string::npos);
}

struct Quoting {
  const char* id;
  const char* line;
};
class RemoteKubeconfigNames : public ::testing::TestWithParam<Quoting> {};

TEST_P(RemoteKubeconfigNames, stay_text) {
  RemoteAccess access = access_of_store;
  access.cluster_id = GetParam().id;
  EXPECT_NE(remote_kubeconfig(access).find(std::string("current-context: ") + GetParam().line + "\n"),
            std::string::npos)
      << remote_kubeconfig(access);
}

INSTANTIATE_TEST_SUITE_P(all, RemoteKubeconfigNames,
                         ::testing::Values(Quoting{"dc1", "dc1"}, Quoting{"a.b-c", "a.b-c"}, Quoting{"123", "\"123\""},
                                           Quoting{"1e5", "\"1e5\""}, Quoting{"true", "\"true\""},
                                           Quoting{"no", "\"no\""}, Quoting{"n", "\"n\""}, Quoting{"-a", "\"-a\""}));

TEST(RemoteKubeconfigWipe, leaves_nothing) {
  std::string secret = "token";
  const char* at = secret.data();
  wipe(secret);
  EXPECT_TRUE(secret.empty());
  EXPECT_EQ(at[0], '\0');
}

}  // namespace
}  // namespace mesh::istio
