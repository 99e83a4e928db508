#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace mesh::simulator {

/// Signs and checks the service-account tokens of one cluster (JWT, ES256) with a key of its own.
class TokenSigner {
 public:
  TokenSigner();
  ~TokenSigner();
  TokenSigner(const TokenSigner&) = delete;
  TokenSigner& operator=(const TokenSigner&) = delete;

  std::string sign(const nlohmann::json& claims) const;
  /// The claims when the signature is ours; times are not looked at.
  std::optional<nlohmann::json> verify(const std::string& token) const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
};

}  // namespace mesh::simulator
