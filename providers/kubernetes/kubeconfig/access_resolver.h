#pragma once

#include <string>

#include "engine/base/result.h"
#include "providers/kubernetes/kubeconfig/access.h"
#include "providers/kubernetes/kubeconfig/kubeconfig_files.h"

namespace mesh::kubernetes {

/// Builds the Access of one context piece by piece, and collects all that is wrong on the way. For resolve_context.
class AccessResolver {
 public:
  AccessResolver(const ReadFile& read, Diagnostics& warnings) : read_(read), warnings_(warnings) {}

  /// Where it is and how it is reached. Before `user`, whose checks depend on it.
  void cluster(const KubeconfigCluster& cluster);
  /// As whom.
  void user(const KubeconfigUser& user);
  void bad(Code code, Position at, std::string summary, std::string cause, std::string hint);

  /// Errors: all that was bad.
  Result<Access> result() &&;

 private:
  void warn(const Position& at, std::string cause, std::string hint);
  void server(const KubeconfigCluster& cluster);
  void proxy(const KubeconfigCluster& cluster);
  /// A line break in a header value would let a kubeconfig add headers of its own.
  void check_header_values(const KubeconfigUser& user);
  void certificate(const KubeconfigUser& user);
  void exec(const KubeconfigUser& user);
  /// The bytes of `WHAT-data`, or of the file that `WHAT` names; empty when there is neither, or they are bad.
  std::string data_or_file(const Located& data, const Located& file, const std::string& what);

  const ReadFile& read_;
  Diagnostics& warnings_;
  Diagnostics problems_;
  Access access_;
};

}  // namespace mesh::kubernetes
