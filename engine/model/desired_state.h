#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/shared.h"
#include "engine/model/action.h"
#include "engine/model/field_path.h"
#include "engine/model/object.h"
#include "engine/model/readiness.h"

namespace mesh {

/// To whom an object belongs.
/// owned: mesh creates and deletes it; an existing one is taken over, labels included.
/// shared: created (with our labels) when absent; one that others made is only co-owned, without our labels, and at the
///   end released, not deleted.
/// foreign: never created, never deleted; only our fields come and go (the system namespace).
enum class Ownership { owned, shared, foreign };

/// A value that another object's identity decides: the planner fills it in when that object is live and stays as it is,
/// and calls it "known after apply" otherwise.
struct Reference {
  FieldPath path = {};
  std::string cluster = {};
  ObjectId source = {};

  bool operator==(const Reference&) const = default;
};

/// A keyed list in which no two items may have the same value of `field`: the API server refuses an item of ours beside
/// a foreign one of the same value (the names of a Service's ports).
struct UniqueField {
  FieldPath list = {};
  std::string field = {};

  bool operator==(const UniqueField&) const = default;
};

/// A field that mesh does not apply, and a value of it that stops the object (a Deployment at 0 replicas, where its
/// autoscaler stops for good): where others gave it that value, it is set to another.
struct StoppedField {
  FieldPath path = {};
  nlohmann::json stopped = {};
  nlohmann::json value = {};

  bool operator==(const StoppedField&) const = default;
};

/// One object as it should be. The value of every Reference is the source's uid.
struct DesiredObject {
  ObjectId id = {};
  /// Complete as sent by server-side apply, but for references and sensitive values (null there).
  nlohmann::json body = {};
  Ownership ownership = Ownership::owned;
  /// Values that are never shown and never compared: only presence and ownership count.
  std::vector<FieldPath> sensitive = {};
  /// Maps in which no other manager may have a key (a remote Secret's data: every key is a cluster).
  std::vector<FieldPath> exclusive = {};
  /// Fields that must not be there, whoever owns them. One that the API server never lets change asks for a new object.
  std::vector<FieldPath> forbidden = {};
  std::vector<UniqueField> unique = {};
  std::vector<StoppedField> stopped = {};
  std::vector<Reference> references = {};
  /// A field that is there only where those that never change and cannot be read have the desired value; empty: nothing
  /// shows it.
  FieldPath evidence = {};
  /// Fields whose change the platform honours only on a new object.
  std::vector<FieldPath> creation_only = {};

  bool operator==(const DesiredObject&) const = default;
};

/// present: the objects should be as given. absent: they should be gone (or released, by ownership).
enum class Presence { present, absent };

struct DesiredAction {
  Address address = {};
  ActionKind kind = ActionKind::network;
  std::string cluster = {};
  std::optional<std::string> peer = {};
  Presence presence = Presence::present;
  /// Addresses that must be in place first. Between absent actions the planner turns the direction round; an absent one
  /// that names a present one waits for it (make before break).
  std::vector<Address> depends_on = {};
  std::vector<Shared<DesiredObject>> objects = {};
  /// Objects whose readiness ends the action, and how ready they are now, as far as was read.
  std::vector<ObjectId> waits_for = {};
  Readiness readiness = {};
  /// Paths cut when an object of this action is deleted, for good or to be made again: `A -> B`.
  std::vector<std::string> paths = {};
  /// A change of one of these fields also cuts `paths`, though no object is replaced (the network label).
  std::vector<FieldPath> interrupting = {};
  /// So does setting one of them for the first time on an object that is there.
  bool interrupting_when_set = false;
  /// Why it is taken away, when that is not that the spec lacks it.
  std::string why_absent = {};

  bool operator==(const DesiredAction&) const = default;
};

struct DesiredState {
  std::vector<DesiredAction> actions = {};
  /// Problems seen while working it out: an API server nobody can dial, a missing control plane.
  Diagnostics diagnostics = {};
  /// Those of one cluster, by its name: they count only in a plan that chooses something of it.
  std::map<std::string, Diagnostics> of_cluster = {};

  bool operator==(const DesiredState&) const = default;
};

}  // namespace mesh
