#include "providers/simulator/server/kubeconfig_text.h"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace mesh::simulator {

std::string kubeconfig_text(const std::string& cluster, const std::string& server, const std::string& ca_pem,
                            const std::string& token) {
  std::string ca(4 * ((ca_pem.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(ca.data()),
                      reinterpret_cast<const unsigned char*>(ca_pem.data()), static_cast<int>(ca_pem.size()));
  ca.resize(static_cast<std::size_t>(size));
  return fmt::format(
      "apiVersion: v1\nkind: Config\n"
      "clusters:\n- name: {0}\n  cluster:\n    certificate-authority-data: {1}\n    server: {2}\n"
      "contexts:\n- name: {0}\n  context:\n    cluster: {0}\n    user: {0}-admin\n"
      "current-context: {0}\n"
      "users:\n- name: {0}-admin\n  user:\n    token: {3}\n",
      cluster, ca, server, token);
}

}  // namespace mesh::simulator
