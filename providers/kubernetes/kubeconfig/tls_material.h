#pragma once

#include <string>

namespace mesh::kubernetes {

/// Why the PEM text holds no usable certificate; empty: it does.
std::string certificate_problem(const std::string& pem);

/// Why certificate and key (PEM) cannot be used together; empty: they can. Encrypted keys cannot.
std::string key_pair_problem(const std::string& certificate_pem, const std::string& key_pem);

}  // namespace mesh::kubernetes
