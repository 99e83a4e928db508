#pragma once

#include <memory>
#include <string>
#include <vector>

namespace mesh::simulator {

/// A certificate with its key, both PEM.
struct KeyPair {
  std::string certificate;
  std::string key;
};

/// A certificate authority that lives as long as the process: its key is written nowhere. Errors of OpenSSL are thrown
/// as std::runtime_error; none is expected.
class Authority {
 public:
  explicit Authority(const std::string& name);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  const std::string& pem() const { return pem_; }
  /// A server's certificate for one year. `names`: host names and IP addresses.
  KeyPair server(const std::vector<std::string>& names) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string pem_;
};

/// `bytes` random bytes in hex, for tokens.
std::string random_hex(std::size_t bytes);

}  // namespace mesh::simulator
