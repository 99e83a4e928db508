#include "providers/simulator/server/kubeconfig_text.h"

#include <fmt/format.h>

#include "engine/base/digest.h"

namespace mesh::simulator {

std::string kubeconfig_text(const std::string& cluster, const std::string& server, const std::string& ca_pem,
                            const std::string& token) {
  return fmt::format(
      "apiVersion: v1\nkind: Config\n"
      "clusters:\n- name: {0}\n  cluster:\n    certificate-authority-data: {1}\n    server: {2}\n"
      "contexts:\n- name: {0}\n  context:\n    cluster: {0}\n    user: {0}-admin\n"
      "current-context: {0}\n"
      "users:\n- name: {0}-admin\n  user:\n    token: {3}\n",
      cluster, base64_encode(ca_pem), server, token);
}

}  // namespace mesh::simulator
