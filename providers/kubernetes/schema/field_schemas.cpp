#include "providers/kubernetes/schema/field_schemas.h"

#include <string>

namespace mesh::kubernetes {
namespace {

using nlohmann::json;

void add_metadata(FieldSchema& schema, const std::string& prefix) {
  schema.keyed_lists[prefix + "metadata.ownerReferences"] = {{"uid"}};
  schema.atomic.insert(prefix + "metadata.ownerReferences[]");
  schema.sets.insert(prefix + "metadata.finalizers");
}

FieldSchema plain() {
  FieldSchema schema;
  add_metadata(schema, "");
  return schema;
}

FieldSchema service_account() {
  FieldSchema schema = plain();
  schema.keyed_lists["secrets"] = {{"name"}};
  schema.atomic.insert({"secrets[]", "imagePullSecrets[]"});
  return schema;
}

FieldSchema secret() {
  FieldSchema schema = plain();
  schema.immutable = {"type", "immutable"};
  return schema;
}

FieldSchema cluster_role() {
  FieldSchema schema = plain();
  schema.atomic.insert("aggregationRule.clusterRoleSelectors[]");
  return schema;
}

FieldSchema cluster_role_binding() {
  FieldSchema schema = plain();
  schema.atomic.insert({"roleRef", "subjects[]"});
  schema.immutable = {"roleRef"};
  return schema;
}

void add_containers(FieldSchema& schema, const std::string& list) {
  schema.keyed_lists[list] = {{"name"}};
  const std::string item = list + "[].";
  schema.keyed_lists[item + "env"] = {{"name"}};
  schema.keyed_lists[item + "ports"] = {{"containerPort", "protocol"}, json{{"protocol", "TCP"}}};
  schema.keyed_lists[item + "resources.claims"] = {{"name"}};
  schema.keyed_lists[item + "volumeDevices"] = {{"devicePath"}};
  schema.keyed_lists[item + "volumeMounts"] = {{"mountPath"}};
  for (const char* source : {"configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"})
    schema.atomic.insert(item + "env[].valueFrom." + source);
  schema.quantities.insert(
      {item + "resources.limits.*", item + "resources.requests.*", item + "env[].valueFrom.resourceFieldRef.divisor"});
}

void add_affinity(FieldSchema& schema, const std::string& pod) {
  const std::string node = pod + "affinity.nodeAffinity.";
  schema.atomic.insert({node + "preferredDuringSchedulingIgnoredDuringExecution[].preference",
                        node + "requiredDuringSchedulingIgnoredDuringExecution"});
  for (const char* kind : {"podAffinity", "podAntiAffinity"}) {
    const std::string terms = pod + "affinity." + kind + ".";
    for (const char* selector : {"labelSelector", "namespaceSelector"}) {
      schema.atomic.insert(terms + "preferredDuringSchedulingIgnoredDuringExecution[].podAffinityTerm." + selector);
      schema.atomic.insert(terms + "requiredDuringSchedulingIgnoredDuringExecution[]." + selector);
    }
  }
}

void add_volumes(FieldSchema& schema, const std::string& list) {
  schema.keyed_lists[list] = {{"name"}};
  const std::string item = list + "[].";
  for (const char* reference :
       {"cephfs.secretRef", "cinder.secretRef", "csi.nodePublishSecretRef", "flexVolume.secretRef", "iscsi.secretRef",
        "rbd.secretRef", "scaleIO.secretRef", "storageos.secretRef", "ephemeral.volumeClaimTemplate.spec.dataSource",
        "ephemeral.volumeClaimTemplate.spec.selector"})
    schema.atomic.insert(item + reference);
  add_metadata(schema, item + "ephemeral.volumeClaimTemplate.");
  schema.quantities.insert({item + "emptyDir.sizeLimit", item + "downwardAPI.items[].resourceFieldRef.divisor",
                            item + "projected.sources[].downwardAPI.items[].resourceFieldRef.divisor",
                            item + "ephemeral.volumeClaimTemplate.spec.resources.limits.*",
                            item + "ephemeral.volumeClaimTemplate.spec.resources.requests.*"});
}

FieldSchema deployment() {
  FieldSchema schema = plain();
  add_metadata(schema, "spec.template.");
  const std::string pod = "spec.template.spec.";
  for (const char* list : {"containers", "initContainers", "ephemeralContainers"}) add_containers(schema, pod + list);
  add_affinity(schema, pod);
  add_volumes(schema, pod + "volumes");
  schema.keyed_lists[pod + "hostAliases"] = {{"ip"}};
  schema.keyed_lists[pod + "imagePullSecrets"] = {{"name"}};
  schema.keyed_lists[pod + "resourceClaims"] = {{"name"}};
  schema.keyed_lists[pod + "resources.claims"] = {{"name"}};
  schema.keyed_lists[pod + "schedulingGates"] = {{"name"}};
  schema.keyed_lists[pod + "topologySpreadConstraints"] = {{"topologyKey", "whenUnsatisfiable"}};
  schema.atomic.insert({"spec.selector", pod + "imagePullSecrets[]", pod + "nodeSelector",
                        pod + "topologySpreadConstraints[].labelSelector"});
  schema.quantities.insert({pod + "overhead.*", pod + "resources.limits.*", pod + "resources.requests.*"});
  schema.immutable = {"spec.selector"};
  return schema;
}

FieldSchema service() {
  FieldSchema schema = plain();
  schema.keyed_lists["spec.ports"] = {{"port", "protocol"}, json{{"protocol", "TCP"}}};
  schema.atomic.insert("spec.selector");
  schema.immutable = {"spec.loadBalancerClass"};
  return schema;
}

FieldSchema horizontal_pod_autoscaler() {
  FieldSchema schema = plain();
  for (const char* source : {"containerResource", "external", "object", "pods", "resource"}) {
    const std::string target = std::string("spec.metrics[].") + source + ".target.";
    schema.quantities.insert({target + "averageValue", target + "value"});
  }
  schema.quantities.insert({"spec.behavior.scaleDown.tolerance", "spec.behavior.scaleUp.tolerance"});
  return schema;
}

FieldSchema pod_disruption_budget() {
  FieldSchema schema = plain();
  schema.atomic.insert("spec.selector");
  return schema;
}

FieldSchemas all() {
  FieldSchemas schemas;
  schemas["Namespace"] = plain();
  schemas["ServiceAccount"] = service_account();
  schemas["Secret"] = secret();
  schemas["ClusterRole"] = cluster_role();
  schemas["ClusterRoleBinding"] = cluster_role_binding();
  schemas["Deployment"] = deployment();
  schemas["Service"] = service();
  schemas["HorizontalPodAutoscaler"] = horizontal_pod_autoscaler();
  schemas["PodDisruptionBudget"] = pod_disruption_budget();
  // A custom resource whose schema names no list keys: every list is one value, every map is merged key by key.
  schemas["Gateway"] = plain();
  return schemas;
}

}  // namespace

const FieldSchemas& field_schemas() {
  static const FieldSchemas schemas = all();
  return schemas;
}

}  // namespace mesh::kubernetes
