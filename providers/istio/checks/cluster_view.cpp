#include "providers/istio/checks/cluster_view.h"

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "providers/istio/checks/mesh_config.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {

using nlohmann::json;

ClusterView::ClusterView(const Spec& of_spec, const ClusterSpec& of_cluster, const Platform& of_platform,
                         const ClusterState& of_live, const CheckReading& of_reading)
    : spec(of_spec),
      cluster(of_cluster),
      platform(of_platform),
      live(of_live),
      reading(of_reading),
      plane(control_plane_of(spec.mesh, cluster, &live)),
      revision(plane.revision.empty() ? default_revision : plane.revision) {
  if (plane.revision.empty() && spec.mesh.revision != auto_revision) revision = spec.mesh.revision;
  for (const Istiod& one : istiods_of(live, ns())) {
    if (one.revision == revision) istiod = found({"apps/v1", "Deployment", ns(), one.deployment});
  }
  if (const Object* map = find(Topic::config_maps, "istio" + suffix())) {
    if (auto parsed = parse_mesh_config(text_at(map->body, {"data", "mesh"}))) mesh_config = std::move(*parsed);
  }
  if (const Object* map = find(Topic::config_maps, "istio-sidecar-injector" + suffix())) {
    json values = foreign_json_or_discarded(text_at(map->body, {"data", "values"}));
    if (values.is_object()) injector = std::move(values);
  }
}

std::string ClusterView::suffix() const { return revision == default_revision ? "" : "-" + revision; }

const Diagnostics* ClusterView::unknown(Topic topic) const {
  if (const ObjectId id = base_read_of(topic, spec.mesh); !id.kind.empty()) {
    const auto why = live.unreadable.find(id);
    return why == live.unreadable.end() ? nullptr : &why->second;
  }
  const auto told = [](const Diagnostics& why) { return why.empty() ? nullptr : &why; };
  if (topic == Topic::credentials) return told(reading.credentials_why);
  if (topic == Topic::istiod_memory) return told(reading.istiods_why);
  const auto list = reading.lists.find(name_of(topic));
  return list == reading.lists.end() || list->second.why.empty() ? nullptr : &list->second.why;
}

const std::vector<Object>& ClusterView::objects(Topic topic) const {
  static const std::vector<Object> none;
  const auto list = reading.lists.find(name_of(topic));
  return list == reading.lists.end() ? none : list->second.objects;
}

bool ClusterView::served(Topic topic) const {
  const auto list = reading.lists.find(name_of(topic));
  return list == reading.lists.end() || list->second.served;
}

const Object* ClusterView::find(Topic topic, const std::string& name) const {
  for (const Object& object : objects(topic)) {
    if (object.id.name == name) return &object;
  }
  return nullptr;
}

const Object* ClusterView::found(const ObjectId& id) const {
  const auto object = live.found.find(id);
  return object == live.found.end() ? nullptr : &object->second;
}

std::string ClusterView::env(const std::string& name) const {
  return istiod == nullptr ? std::string() : env_of(*istiod->body, name);
}

std::string ClusterView::config(std::initializer_list<std::string_view> names) const {
  return text_at(mesh_config, names);
}

std::string ClusterView::value(std::initializer_list<std::string_view> names) const { return text_at(injector, names); }

std::vector<const Object*> ClusterView::remote_secrets() const {
  std::vector<const Object*> secrets;
  for (const auto& [id, object] : live.found) {
    if (id.kind != "Secret" || id.ns != ns()) continue;
    if (text_at(object.body, {"metadata", "labels", remote_secret_label}) == "true") secrets.push_back(&object);
  }
  return secrets;
}

json labels_of(const Object& object) {
  const json* labels = find_field(object.body, {"metadata", "labels"});
  return labels != nullptr && labels->is_object() ? *labels : json::object();
}

}  // namespace mesh::istio
