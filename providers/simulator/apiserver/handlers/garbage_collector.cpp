#include "providers/simulator/apiserver/handlers/garbage_collector.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apiserver/handlers/delete_handler.h"
#include "providers/simulator/apiserver/registry/custom_resource.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

// Each step takes the lock anew, so that readers and writers come in between.
class Collector {
 public:
  explicit Collector(Cluster& cluster) : cluster_(cluster), registry_(cluster.registry()) {}

  void remove(const Stored& object, Propagation propagation) {
    std::lock_guard lock(cluster_.writing);
    const StoredPtr live = cluster_.store.find(object.resource, object.ns, object.name);
    const ResourceInfo* resource = registry_->find(resource_name(object.resource));
    if (!live || live->uid != object.uid || resource == nullptr) return;
    DeleteOptions options;
    options.propagation = propagation;
    if (live->deleting) return;
    (void)remove_object(cluster_, *resource, live, options);
  }

  /// Changes what is there now; the last finalizer's end is the object's.
  template <class Change>
  void change(const Stored& object, Change apply, const std::string& manager = "kube-controller-manager",
              const std::string& subresource = "") {
    std::lock_guard lock(cluster_.writing);
    const StoredPtr live = cluster_.store.find(object.resource, object.ns, object.name);
    if (!live || live->uid != object.uid) return;
    const json before = live->json();
    json after = before;
    apply(after);
    after = tracked(*live, std::move(after), manager, subresource);
    const bool held = !items(after, {"metadata", "finalizers"}).empty() ||
                      (live->resource == "namespaces" && !items(after, {"spec", "finalizers"}).empty());
    if (live->deleting && !held) {
      cluster_.store.remove(live->resource, live->ns, live->name);
    } else if (after != before) {
      // A write that changes nothing would be looked at again, without end.
      cluster_.store.put(live->resource, std::move(after));
    }
  }

  // The fields that go leave their owners' lists.
  json tracked(const Stored& live, json after, const std::string& manager, const std::string& subresource) const {
    const ResourceInfo* resource = registry_->find(resource_name(live.resource));
    if (resource == nullptr) return after;
    const Write write{.group = resource->group,
                      .version = resource->storage_version,
                      .kind = resource->kind,
                      .resource = resource->plural,
                      .subresource = subresource,
                      .manager = manager,
                      .time = cluster_.now_text()};
    return track_update(write, live.json(), std::move(after));
  }

  /// Takes the items of a list in the metadata away for which `goes` holds, and an empty list too.
  template <class Goes>
  void drop_items(const Stored& object, const char* list, Goes goes) {
    change(object, [&](json& after) {
      json kept = json::array();
      for (const json& one : items(after, {"metadata", list})) {
        if (!goes(one)) kept.push_back(one);
      }
      after["metadata"].erase(list);
      if (!kept.empty()) after["metadata"][list] = kept;
    });
  }

  void drop_finalizer(const Stored& object, const std::string& finalizer) {
    drop_items(object, "finalizers", [&](const json& one) { return one == finalizer; });
  }

  void drop_owner(const Stored& object, const std::string& uid) {
    drop_items(object, "ownerReferences", [&](const json& one) { return text(one, {"uid"}) == uid; });
  }

  bool exists(const Owner& owner, const std::string& ns) const {
    const StoredPtr found = cluster_.store.find_uid(owner.uid);
    return found && (found->ns.empty() || found->ns == ns);
  }

  // A dependent goes when no owner is left; an owner that is gone is struck out while others are there.
  void judge(const Stored& object) {
    if (object.owners.empty() || object.deleting) return;
    const bool any = std::any_of(object.owners.begin(), object.owners.end(),
                                 [&](const Owner& owner) { return exists(owner, object.ns); });
    if (!any) {
      remove(object, Propagation::background);
      return;
    }
    for (const Owner& owner : object.owners) {
      if (!exists(owner, object.ns)) drop_owner(object, owner.uid);
    }
  }

  void orphan_dependents(const Stored& owner) {
    for (const StoredPtr& dependent : cluster_.store.dependents(owner.uid)) drop_owner(*dependent, owner.uid);
    drop_finalizer(owner, orphan_finalizer);
  }

  bool blocks(const Stored& dependent, const std::string& uid) const {
    return std::any_of(dependent.owners.begin(), dependent.owners.end(),
                       [&](const Owner& owner) { return owner.uid == uid && owner.blocks_deletion; });
  }

  void delete_in_foreground(const Stored& owner) {
    for (const StoredPtr& dependent : cluster_.store.dependents(owner.uid)) {
      remove(*dependent, Propagation::foreground);
    }
    finish_foreground(owner);
  }

  void finish_foreground(const Stored& owner) {
    for (const StoredPtr& dependent : cluster_.store.dependents(owner.uid)) {
      if (blocks(*dependent, owner.uid)) return;
    }
    drop_finalizer(owner, foreground_finalizer);
  }

  void owners_after(const Stored& gone) {
    for (const Owner& owner : gone.owners) {
      const StoredPtr found = cluster_.store.find_uid(owner.uid);
      if (found && found->deleting && found->has_finalizer(foreground_finalizer)) finish_foreground(*found);
    }
  }

  // The conditions that name what still holds a namespace under deletion.
  void report_rest(const Stored& home) {
    std::vector<std::string> rest;
    std::vector<std::string> held;
    std::map<std::string, int> finalizers;
    for (const std::string& resource : cluster_.store.resources_in(home.name)) {
      const auto objects = cluster_.store.read(resource, home.name).objects;
      const char* dot = resource.find('.') == std::string::npos ? "." : "";
      rest.push_back(fmt::format("{}{} has {} resource instances", resource, dot, objects.size()));
      for (const StoredPtr& object : objects) {
        for (const std::string& finalizer : object->finalizers) ++finalizers[finalizer];
      }
    }
    for (const auto& [name, count] : finalizers)
      held.push_back(fmt::format("{} in {} resource instances", name, count));
    const auto conditions = [&](json& after) {
      json all = json::array();
      const auto add = [&](const std::string& type, const char* reason, bool status, const std::string& message) {
        json since = cluster_.now_text();
        for (const json& one : items(after, {"status", "conditions"})) {
          if (text(one, {"type"}) == type && text(one, {"status"}) == (status ? "True" : "False"))
            since = member(one, {"lastTransitionTime"});
        }
        all.push_back({{"type", type}, {"status", status ? "True" : "False"}, {"lastTransitionTime", since}});
        all.back().update({{"reason", reason}, {"message", message}});
      };
      add("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", false, "All resources successfully discovered");
      add("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", false,
          "All legacy kube types successfully parsed");
      add("NamespaceDeletionContentFailure", "ContentDeleted", false,
          "All content successfully deleted, may be waiting on finalization");
      add("NamespaceContentRemaining", rest.empty() ? "ContentRemoved" : "SomeResourcesRemain", !rest.empty(),
          rest.empty() ? "All content successfully removed"
                       : fmt::format("Some resources are remaining: {}", fmt::join(rest, ", ")));
      add("NamespaceFinalizersRemaining", held.empty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
          !held.empty(),
          held.empty()
              ? "All content-preserving finalizers finished"
              : fmt::format("Some content in the namespace has finalizers remaining: {}", fmt::join(held, ", ")));
      after["status"]["conditions"] = all;
    };
    change(home, conditions, "kube-controller-manager", "status");
  }

  // A namespace under deletion empties itself; when nothing is left it goes too.
  void empty_namespace(const std::string& name) {
    const StoredPtr home = cluster_.store.find("namespaces", "", name);
    if (!home || !home->deleting) return;
    for (const std::string& resource : cluster_.store.resources_in(name)) {
      for (const StoredPtr& object : cluster_.store.read(resource, name).objects) {
        if (!object->deleting) remove(*object, Propagation::background);
      }
    }
    report_rest(*home);
    if (!cluster_.store.resources_in(name).empty()) return;
    change(*home, [](json& after) { after["spec"].erase("finalizers"); });
  }

  // Served as soon as it is written: there is nobody whose names could clash.
  void establish(const Stored& definition) {
    if (is_true(definition.json(), "Established")) return;
    change(
        definition, [&](json& after) { after["status"] = established_status(after, cluster_.now_text()); },
        "kube-apiserver", "status");
  }

  void remove_instances(const Stored& definition) {
    std::lock_guard lock(cluster_.writing);
    for (const StoredPtr& object : cluster_.store.read(definition.name, "").objects) {
      cluster_.store.remove(object->resource, object->ns, object->name);
    }
  }

 private:
  Cluster& cluster_;
  std::shared_ptr<const Registry> registry_;
};

}  // namespace

void react(Cluster& cluster, const ObjectEvent& event) {
  const Stored& object = *event.object;
  Collector collector(cluster);
  if (object.resource == "customresourcedefinitions.apiextensions.k8s.io") {
    if (event.type == ObjectEvent::Type::deleted) collector.remove_instances(object);
    if (event.type != ObjectEvent::Type::deleted && !object.deleting) collector.establish(object);
    cluster.refresh_registry();
  }
  if (event.type == ObjectEvent::Type::deleted) {
    for (const StoredPtr& dependent : cluster.store.dependents(object.uid)) collector.judge(*dependent);
    collector.owners_after(object);
    if (!object.ns.empty()) collector.empty_namespace(object.ns);
    return;
  }
  const bool newly_owned =
      !object.owners.empty() && (!event.before || event.before->owners.size() < object.owners.size());
  if (newly_owned) collector.judge(object);
  if (!object.deleting) return;
  if (object.has_finalizer(orphan_finalizer)) collector.orphan_dependents(object);
  if (object.has_finalizer(foreground_finalizer)) collector.delete_in_foreground(object);
  if (object.resource == "namespaces") collector.empty_namespace(object.name);
}

}  // namespace mesh::simulator
