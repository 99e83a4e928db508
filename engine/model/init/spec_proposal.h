#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model/spec.h"

namespace mesh {

/// What the file says beside a value.
struct Remark {
  std::string text = {};
  /// Something that a person has to decide or to see to; else where the value was read.
  bool doubt = false;

  bool operator==(const Remark&) const = default;
};

/// A context that is not a cluster of the spec, and why.
struct LeftOutContext {
  std::string context = {};
  std::string file = {};
  std::vector<std::string> why = {};
  /// Its table, to be put into force later; kubeconfig as in SpecProposal.
  ClusterSpec table = {};

  bool operator==(const LeftOutContext&) const = default;
};

/// A mesh.toml to be written: the spec that reading it gives, and its comments.
struct SpecProposal {
  /// Paths in it are as they are written, relative to the file. Text, digest and positions are empty.
  Spec spec = {};
  /// What the table [gateway] says.
  GatewaySpec gateway = {};
  /// By key: `mesh.ca`, `cluster.dc1.network`, `cluster.dc1` for the table.
  std::map<std::string, std::vector<Remark>> remarks = {};
  /// Values of keys that are not set, offered as comments; by key as above.
  std::map<std::string, std::string> offers = {};
  std::vector<LeftOutContext> left_out = {};

  bool operator==(const SpecProposal&) const = default;
};

}  // namespace mesh
