#pragma once

#include <string>

namespace mesh::simulator {

/// A certificate authority with its key, all PEM.
struct SigningAuthority {
  std::string certificate = {};
  std::string key = {};
  /// From `certificate` up to the root, without the root when there are others.
  std::string chain = {};
  std::string root = {};
  bool operator==(const SigningAuthority&) const = default;
};

/// A self-signed root (EC P-256, ten years).
SigningAuthority make_root(const std::string& organization);
/// An intermediate below it, as each cluster of one root has its own.
SigningAuthority make_intermediate(const SigningAuthority& root, const std::string& organization);

}  // namespace mesh::simulator
