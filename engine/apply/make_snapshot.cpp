#include "engine/apply/make_snapshot.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/base/digest.h"

namespace mesh {
namespace {

using Objects = std::map<ObjectId, nlohmann::json>;

void put_value(nlohmann::json& body, const FieldPath& path, const nlohmann::json& value) {
  nlohmann::json* at = &body;
  for (const PathElement& element : path) {
    const auto* field = std::get_if<FieldName>(&element);
    if (field == nullptr || !at->is_object()) return;
    at = &(*at)[field->name];
  }
  *at = value;
}

std::string result_of(const Report& report) {
  const auto any = [&](Outcome outcome) {
    return std::any_of(report.actions.begin(), report.actions.end(),
                       [&](const ActionReport& action) { return action.outcome == outcome; });
  };
  if (any(Outcome::cancelled)) return "cancelled";
  return any(Outcome::failed) || any(Outcome::skipped) ? "failed" : "done";
}

class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(const SnapshotInput& input) : in_(input) {
    for (const DesiredAction& action : in_.desired.actions) {
      desired_.emplace(action.address.text, &action);
      desired_by_cluster_[action.cluster].push_back(&action);
    }
    for (const Action& action : in_.plan.actions) planned_by_cluster_[action.cluster].push_back(&action);
    for (const ActionReport& report : in_.report.actions) reports_.emplace(report.address.text, &report);
    for (const auto& [name, state] : in_.live.clusters) {
      const std::string* now = state.renamed_to();
      if (now != nullptr && answers(*now)) old_names_.emplace(*now, name);
    }
  }

  Snapshot make() {
    Snapshot snapshot{.spec_text = in_.spec.text,
                      .plan_digest = sha256_hex(in_.plan_json),
                      .spec_digest = in_.spec.digest,
                      .result = result_of(in_.report),
                      .time = in_.time,
                      .plan_json = in_.plan_json,
                      .report_json = in_.report_json};
    start(snapshot);
    for (const Action& action : in_.plan.actions) take(snapshot.clusters[action.cluster].objects, action);
    for (auto& [name, cluster] : snapshot.clusters) {
      drop_vanished(name, cluster.objects);
      // Where nothing was ever applied the name may still be given to the cluster that is meant.
      if (cluster.objects.empty() && previous(name) == nullptr) cluster.uids.clear();
    }
    mark_removed(snapshot);
    keep_rewritten(snapshot);
    return snapshot;
  }

 private:
  /// What this apply found, with the objects as they are stored; and what was found before and still holds.
  void keep_rewritten(Snapshot& snapshot) const {
    const auto body_of = [&](const RewrittenField& field) -> nlohmann::json* {
      const auto cluster = snapshot.clusters.find(field.cluster);
      if (cluster == snapshot.clusters.end()) return nullptr;
      const auto object = cluster->second.objects.find(field.id);
      return object == cluster->second.objects.end() ? nullptr : &object->second;
    };
    for (const RewrittenField& field : in_.report.rewritten) {
      nlohmann::json* body = body_of(field);
      if (body != nullptr && put_stored(*body, field)) snapshot.rewritten.push_back(field);
    }
    if (!in_.previous) return;
    for (const RewrittenField& field : in_.previous->rewritten) {
      const nlohmann::json* body = body_of(field);
      if (body == nullptr || !has_stored(*body, field)) continue;
      if (!is_of_same_field(snapshot.rewritten, field)) snapshot.rewritten.push_back(field);
    }
  }

  /// Everything as the previous snapshot had it, with what the reading says of each cluster.
  void start(Snapshot& snapshot) const {
    std::set<std::string> names;
    for (const auto& [name, cluster] : in_.spec.clusters) names.insert(name);
    for (const Action& action : in_.plan.actions) names.insert(action.cluster);
    if (in_.previous) {
      for (const auto& [name, cluster] : in_.previous->clusters) names.insert(name);
    }
    for (const auto& [name, old_name] : old_names_) names.erase(old_name);
    for (const std::string& name : names) {
      ClusterSnapshot cluster;
      const ClusterSnapshot* before = previous(name);
      if (before != nullptr) {
        cluster.objects = before->objects;
        cluster.as_of = before->as_of;
        cluster.uids = before->uids;
        cluster.protect = before->protect;
      }
      if (const auto wanted = in_.spec.clusters.find(name); wanted != in_.spec.clusters.end()) {
        cluster.protect = wanted->second.protect;
      }
      if (left_out(name)) {
        if (before != nullptr) snapshot.clusters.emplace(name, *before);
        continue;
      }
      cluster.status = ClusterStatus::unreachable;
      if (answers(name)) {
        cluster.status = ClusterStatus::reachable;
        cluster.as_of = in_.time;
        if (const ClusterUids& uids = in_.live.clusters.at(name).uids; !uids.empty()) cluster.uids = uids;
      }
      snapshot.clusters.emplace(name, std::move(cluster));
    }
  }

  bool answers(const std::string& name) const {
    const auto found = in_.live.clusters.find(name);
    return found != in_.live.clusters.end() && found->second.answered();
  }

  bool left_out(const std::string& name) const {
    const auto found = in_.live.clusters.find(name);
    return found != in_.live.clusters.end() && found->second.left_out();
  }

  /// What the last snapshot says of the cluster, under its name or, when it has none there, under its old one.
  const ClusterSnapshot* previous(const std::string& name) const {
    if (!in_.previous) return nullptr;
    const auto found = in_.previous->clusters.find(name);
    if (found != in_.previous->clusters.end()) return &found->second;
    const auto old_name = old_names_.find(name);
    return old_name == old_names_.end() ? nullptr : previous(old_name->second);
  }

  bool done(const Action& action) const {
    const auto report = reports_.find(action.address.text);
    if (report != reports_.end()) return report->second->outcome == Outcome::done;
    return action.operation == Operation::unchanged;
  }

  void take(Objects& objects, const Action& action) const {
    const auto desired = desired_.find(action.address.text);
    const auto report = reports_.find(action.address.text);
    const bool good = done(action);
    const bool gone = good && desired != desired_.end() && desired->second->presence == Presence::absent;
    if (good && desired != desired_.end()) {
      for (const DesiredObject& object : desired->second->objects) {
        objects.erase(object.id);
        if (!gone) objects.emplace(object.id, as_desired(action.cluster, object));
      }
    }
    if (report == reports_.end() || gone) return;
    // Also what an action wrote before it failed is applied.
    for (const auto& [id, body] : report->second->applied) {
      // The key speaks of the object in the version of its body.
      objects.erase(id);
      if (body) objects.emplace(id, *body);
    }
  }

  /// The body of an object that was left as it is. A sensitive value keeps the fingerprint that the apply which wrote
  /// it left; a reference has the identity that it refers to; labels of mesh are not claimed on what others made.
  nlohmann::json as_desired(const std::string& cluster, const DesiredObject& object) const {
    nlohmann::json body = object.body;
    const ClusterSnapshot* before = previous(cluster);
    const auto old = before == nullptr ? Objects::const_iterator{} : before->objects.find(object.id);
    const auto keep = [&](const FieldPath& path) {
      if (before == nullptr || old == before->objects.end()) return;
      if (const nlohmann::json* value = find_value(old->second, path)) put_value(body, path, *value);
    };
    for (const FieldPath& path : object.sensitive) keep(path);
    for (const Reference& reference : object.references) {
      if (const Object* source = find_live(reference.cluster, reference.source)) {
        put_value(body, reference.path, source->uid);
      } else {
        keep(reference.path);
      }
    }
    const Object* live = find_live(cluster, object.id);
    if (object.ownership == Ownership::shared && live != nullptr && !created_by_mesh(*live, in_.spec.mesh.name)) {
      if (const auto labels = body["metadata"].find("labels"); labels != body["metadata"].end()) {
        labels->erase(managed_by_label);
        labels->erase(mesh_label);
        if (labels->empty()) body["metadata"].erase("labels");
      }
    }
    return body;
  }

  const Object* find_live(const std::string& cluster, const ObjectId& id) const {
    const auto state = in_.live.clusters.find(cluster);
    if (state == in_.live.clusters.end()) return nullptr;
    const auto found = state->second.found.find(id);
    return found == state->second.found.end() ? nullptr : &found->second;
  }

  /// Objects of an earlier time that no action names any more and that are not there any more.
  void drop_vanished(const std::string& name, Objects& objects) const {
    if (!answers(name)) return;
    if (objects.empty()) return;
    std::set<ObjectId> named;
    if (const auto desired = desired_by_cluster_.find(name); desired != desired_by_cluster_.end()) {
      for (const DesiredAction* action : desired->second) {
        for (const DesiredObject& object : action->objects) named.insert(object.id);
      }
    }
    if (const auto planned = planned_by_cluster_.find(name); planned != planned_by_cluster_.end()) {
      for (const Action* action : planned->second) {
        for (const ObjectChange& change : action->objects) named.insert(change.id);
      }
    }
    const ClusterState& live = in_.live.clusters.at(name);
    std::erase_if(objects, [&](const auto& entry) {
      return !named.contains(entry.first) && std::holds_alternative<Absent>(live.observe(entry.first));
    });
  }

  /// Nothing of the cluster is left, in itself or in others, as far as is known.
  bool clean(const std::string& name, const ClusterSnapshot& cluster) const {
    // What was never read was never written to.
    const bool never_read = cluster.as_of.empty();
    if (!cluster.objects.empty() || (!answers(name) && !never_read)) return false;
    const auto concerns = [&](const auto& action) {
      return (action.cluster == name && !never_read) || action.peer == name;
    };
    std::set<std::string> planned;
    for (const Action& action : in_.plan.actions) {
      planned.insert(action.address.text);
      if (concerns(action) && !done(action)) return false;
    }
    return std::all_of(in_.desired.actions.begin(), in_.desired.actions.end(), [&](const DesiredAction& action) {
      return !concerns(action) || planned.contains(action.address.text);
    });
  }

  /// Clusters gone from the spec: away with those that are clean, a tombstone for the rest.
  void mark_removed(Snapshot& snapshot) const {
    for (auto entry = snapshot.clusters.begin(); entry != snapshot.clusters.end();) {
      auto& [name, cluster] = *entry;
      if (in_.spec.clusters.contains(name)) {
        ++entry;
      } else if (clean(name, cluster)) {
        entry = snapshot.clusters.erase(entry);
      } else {
        cluster.status = ClusterStatus::removed;
        keep_spec(snapshot, name);
        ++entry;
      }
    }
  }

  void keep_spec(Snapshot& snapshot, const std::string& name) const {
    if (!in_.previous) return;
    const auto spec = in_.previous->removed_specs.find(name);
    snapshot.removed_specs[name] = spec == in_.previous->removed_specs.end() ? in_.previous->spec_text : spec->second;
  }

  const SnapshotInput& in_;
  /// Clusters that were read under a new name: the old one, which is dropped.
  std::map<std::string, std::string> old_names_;
  std::unordered_map<std::string_view, const DesiredAction*> desired_;
  std::unordered_map<std::string_view, const ActionReport*> reports_;
  std::unordered_map<std::string_view, std::vector<const DesiredAction*>> desired_by_cluster_;
  std::unordered_map<std::string_view, std::vector<const Action*>> planned_by_cluster_;
};

}  // namespace

Snapshot make_snapshot(const SnapshotInput& input) { return SnapshotBuilder(input).make(); }

}  // namespace mesh
