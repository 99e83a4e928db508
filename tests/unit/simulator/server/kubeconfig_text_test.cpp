#include "providers/simulator/server/kubeconfig_text.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

TEST(KubeconfigText, has_one_context) {
  EXPECT_EQ(kubeconfig_text("c1", "https://127.0.0.1:1/clusters/c1", "pem", "token"),
            "apiVersion: v1\nkind: Config\nclusters:\n- name: c1\n  cluster:\n    certificate-authority-data: cGVt\n"
            "    server: https://127.0.0.1:1/clusters/c1\ncontexts:\n- name: c1\n  context:\n    cluster: c1\n"
            "    user: c1-admin\ncurrent-context: c1\nusers:\n- name: c1-admin\n  user:\n    token: token\n");
}

}  // namespace
}  // namespace mesh::simulator
