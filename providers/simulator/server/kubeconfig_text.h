#pragma once

#include <string>

namespace mesh::simulator {

/// A kubeconfig with one context, called like the cluster, whose user brings the bearer token.
std::string kubeconfig_text(const std::string& cluster, const std::string& server, const std::string& ca_pem,
                            const std::string& token);

}  // namespace mesh::simulator
