#include "providers/simulator/apiserver/registry/new_cluster.h"

#include "providers/simulator/apiserver/registry/custom_resource.h"
#include "providers/simulator/apiserver/registry/served_data.h"
#include "providers/simulator/apiserver/registry/service_kind.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

void put(Cluster& cluster, const std::string& resource, json object) {
  json& metadata = object["metadata"];
  metadata["uid"] = cluster.new_uid();
  metadata["creationTimestamp"] = cluster.now_text();
  cluster.store.put(resource, std::move(object));
}

json entry(const Cluster& cluster, json fields) {
  return {{"manager", "kube-apiserver"}, {"operation", "Update"},    {"apiVersion", "v1"},
          {"time", cluster.now_text()},  {"fieldsType", "FieldsV1"}, {"fieldsV1", std::move(fields)}};
}

json empty() { return json::object(); }

json home(const Cluster& cluster, const std::string& name) {
  const json fields = {{"f:metadata", {{"f:labels", {{".", empty()}, {"f:kubernetes.io/metadata.name", empty()}}}}}};
  return {{"apiVersion", "v1"},
          {"kind", "Namespace"},
          {"metadata",
           {{"name", name},
            {"labels", {{"kubernetes.io/metadata.name", name}}},
            {"managedFields", json::array({entry(cluster, fields)})}}},
          {"spec", {{"finalizers", {"kubernetes"}}}},
          {"status", {{"phase", "Active"}}}};
}

json kubernetes_service(const Cluster& cluster) {
  const json port_fields = {
      {".", empty()}, {"f:name", empty()}, {"f:port", empty()}, {"f:protocol", empty()}, {"f:targetPort", empty()}};
  const json fields = {
      {"f:metadata", {{"f:labels", {{".", empty()}, {"f:component", empty()}, {"f:provider", empty()}}}}},
      {"f:spec",
       {{"f:clusterIP", empty()},
        {"f:internalTrafficPolicy", empty()},
        {"f:ipFamilyPolicy", empty()},
        {"f:ports", {{".", empty()}, {"k:{\"port\":443,\"protocol\":\"TCP\"}", port_fields}}},
        {"f:sessionAffinity", empty()},
        {"f:type", empty()}}}};
  const std::string address = first_service_address(cluster.settings.service_range);
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata",
           {{"name", "kubernetes"},
            {"namespace", "default"},
            {"labels", {{"component", "apiserver"}, {"provider", "kubernetes"}}},
            {"managedFields", json::array({entry(cluster, fields)})}}},
          {"spec",
           {{"ports", json::array({{{"name", "https"}, {"protocol", "TCP"}, {"port", 443}, {"targetPort", 6443}}})},
            {"clusterIP", address},
            {"clusterIPs", json::array({address})},
            {"type", "ClusterIP"},
            {"sessionAffinity", "None"},
            {"ipFamilies", json::array({"IPv4"})},
            {"ipFamilyPolicy", "SingleStack"},
            {"internalTrafficPolicy", "Cluster"}}},
          {"status", {{"loadBalancer", empty()}}}};
}

}  // namespace

void furnish(Cluster& cluster) {
  std::unique_lock lock(cluster.writing);
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    put(cluster, "namespaces", home(cluster, name));
  }
  put(cluster, "services", kubernetes_service(cluster));
  for (json& object : served_data("rbac")) {
    const bool role = object.at("kind") == "ClusterRole";
    put(cluster, resource_text({"rbac.authorization.k8s.io", role ? "clusterroles" : "clusterrolebindings"}), object);
  }
  for (json& definition : mesh_definitions()) {
    definition["status"] = established_status(definition, cluster.now_text());
    put(cluster, "customresourcedefinitions.apiextensions.k8s.io", std::move(definition));
  }
  lock.unlock();
  cluster.refresh_registry();
  // What is there from the beginning is no change to anyone.
  (void)cluster.store.take_pending();
  cluster.store.compact();
}

}  // namespace mesh::simulator
