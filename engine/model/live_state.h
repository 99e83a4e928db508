#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/cluster_uids.h"
#include "engine/model/object.h"

namespace mesh {

struct Absent {
  bool operator==(const Absent&) const = default;
};
struct Unreadable {
  Diagnostics why = {};
  bool operator==(const Unreadable&) const = default;
};
/// What is known of one object: it (never null, owned by the ClusterState), its absence, or that it could not be read.
using Observed = std::variant<const Object*, Absent, Unreadable>;

// How the reading of a cluster went.

/// The objects that were asked for are known.
struct Answered {
  bool operator==(const Answered&) const = default;
};
/// It did not answer at all within its budget: nothing is known.
struct Unreachable {
  Diagnostics why = {};
  bool operator==(const Unreachable&) const = default;
};
/// Nothing of it was asked about: only server, ca_pem and insecure are known. Not even these, where `why` says so.
struct LeftOut {
  Diagnostics why = {};
  bool operator==(const LeftOut&) const = default;
};
/// The name is gone from the spec, which calls the same cluster `to` now. What is there is that one's.
struct Renamed {
  std::string to = {};
  /// How the reading under the old name went.
  std::variant<Answered, Unreachable, LeftOut> reading = {};
  bool operator==(const Renamed&) const = default;
};

/// What one pass over a cluster brought back.
struct ClusterState {
  std::string name = {};
  std::variant<Answered, Unreachable, LeftOut, Renamed> reading = {};
  /// `v1.32.1`, empty when unknown.
  std::string server_version = {};
  ClusterUids uids = {};
  /// The URL that was dialled, and the certificate authority (PEM) that its kubeconfig trusts; empty: the system's.
  std::string server = {};
  std::string ca_pem = {};
  /// The kubeconfig turns TLS verification off.
  bool insecure = false;
  /// The newest version in which Istio's Gateway is served, e.g. `v1`. Empty: in none, or it could not be read.
  std::string gateway_version = {};
  /// What was asked for by name, and beside it, as metadata, what carries the labels of the mesh in any namespace.
  std::map<ObjectId, Object> found = {};
  /// Objects asked for by name; with an empty name: all objects of that kind in that namespace were listed.
  std::set<ObjectId> asked = {};
  /// What was asked for and could not be read, by the same rule.
  std::map<ObjectId, Diagnostics> unreadable = {};
  /// Not all namespaces could be searched for what carries the labels of the mesh: only those that the spec and the
  /// last snapshot name.
  bool searched_few = false;
  /// Warnings of the reading itself, e.g. insecure_tls.
  Diagnostics diagnostics = {};

  /// Whether the reading says what is there.
  bool answered() const;
  bool left_out() const;
  /// Why nothing is known, not even the access to it where it was left out; null when something is.
  const Diagnostics* unreachable() const;
  /// Null unless the spec has another name for it.
  const std::string* renamed_to() const;

  /// Whether the object was asked for, by name or by a list of all that there are.
  bool was_asked(const ObjectId& id) const;

  /// What is known of the object. An object that nobody asked for is unreadable, never absent.
  Observed observe(const ObjectId& id) const;

  bool operator==(const ClusterState&) const = default;
};

/// Marks a cluster that was read under its old name.
void mark_renamed(ClusterState& state, const std::string& to);

/// The same problems as a plan or a drift reports them: warnings, because what is said about the rest holds, whether it
/// was the cluster that did not answer, its kubeconfig or its login. Only a bug in mesh stays an error.
Diagnostics as_reading_problems(Diagnostics why);

struct LiveState {
  std::map<std::string, ClusterState> clusters = {};

  bool operator==(const LiveState&) const = default;
};

}  // namespace mesh
