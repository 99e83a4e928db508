#include "providers/simulator/controllers/triggers.h"

#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

/// The controller among the owners, when it is of that kind.
std::string controller_of(const Stored& object, const char* kind) {
  for (const Owner& owner : object.owners) {
    if (owner.kind == kind) return owner.name;
  }
  return {};
}

Labels stored_labels(const Stored& object) { return {object.labels.begin(), object.labels.end()}; }

/// Services and budgets that may choose the pod.
void plan_choosers(ClusterContext& context, const Stored& pod) {
  const Labels labels = stored_labels(pod);
  const std::string& ns = pod.ns;
  for (const ObjectPtr& service : context.objects->list(resource::services, ns)) {
    const nlohmann::json* selector = at(*service, {"spec", "selector"});
    if (selector != nullptr && has_labels(labels, *selector))
      context.plan(ControllerKind::endpoints, ns, name_of(*service));
  }
  for (const ObjectPtr& budget : context.objects->list(resource::budgets, ns)) {
    const nlohmann::json* selector = at(*budget, {"spec", "selector"});
    if (selector != nullptr && selects(*selector, labels)) context.plan(ControllerKind::budget, ns, name_of(*budget));
  }
}

void plan_pod(ClusterContext& context, const ObjectEvent& event) {
  const Stored& pod = *event.object;
  if (event.type != ObjectEvent::Type::deleted) context.plan(ControllerKind::pod, pod.ns, pod.name);
  if (const std::string set = controller_of(pod, "ReplicaSet"); !set.empty()) {
    context.plan(ControllerKind::replica_set, pod.ns, set);
  }
  plan_choosers(context, pod);
}

void plan_deployment(ClusterContext& context, const ObjectEvent& event) {
  const Stored& object = *event.object;
  if (event.type != ObjectEvent::Type::deleted) context.plan(ControllerKind::deployment, object.ns, object.name);
  for (const ObjectPtr& scaler : context.objects->list(resource::autoscalers, object.ns)) {
    if (text(*scaler, {"spec", "scaleTargetRef", "name"}) == object.name) {
      context.plan(ControllerKind::autoscaler, object.ns, name_of(*scaler), context.settings.delays.autoscaler);
    }
  }
}

void plan_secret(ClusterContext& context, const ObjectEvent& event) {
  const Stored& secret = *event.object;
  const bool deleted = event.type == ObjectEvent::Type::deleted;
  if (!deleted) {
    const std::string* type = secret.field("type");
    if (type == nullptr || *type == "kubernetes.io/service-account-token") {
      context.plan(ControllerKind::token, secret.ns, secret.name);
    }
  }
  if (secret.ns != context.settings.system_namespace) return;
  const auto marked = [](const StoredPtr& one) {
    const std::string* mark = one == nullptr ? nullptr : one->label("istio/multiCluster");
    return mark != nullptr && *mark == "true";
  };
  if (!marked(event.object) && !marked(event.before)) return;
  if (context.faults.strikes(FaultKind::istiod_ignores_secret, context.settings.name, secret.ns, secret.name)) return;
  context.note_secret({secret.ns + "/" + secret.name, deleted ? nullptr : event.object, context.clock.now()});
}

/// The tokens of an account come and go with it; the default one and the root come back when removed.
void plan_account(ClusterContext& context, const ObjectEvent& event) {
  const Stored& object = *event.object;
  if (event.type == ObjectEvent::Type::deleted) context.plan(ControllerKind::ns, "", object.ns);
  if (object.resource != "serviceaccounts") return;
  for (const StoredPtr& secret : context.api.all("secrets", object.ns)) {
    const std::string* type = secret->field("type");
    if (type == nullptr || *type == "kubernetes.io/service-account-token") {
      context.plan(ControllerKind::token, object.ns, secret->name);
    }
  }
}

/// Any role may be a part of the sums.
void plan_sums(ClusterContext& context) {
  for (const ObjectPtr& role : context.objects->list(resource::cluster_roles, "")) {
    if (at(*role, {"aggregationRule"}) != nullptr) context.plan(ControllerKind::role, "", name_of(*role));
  }
}

}  // namespace

void plan_after(ClusterContext& context, const ObjectEvent& event) {
  const Stored& object = *event.object;
  const bool deleted = event.type == ObjectEvent::Type::deleted;
  if (deleted) context.objects->forget(object);
  if (object.resource == "pods") {
    plan_pod(context, event);
  } else if (object.resource == "deployments.apps") {
    plan_deployment(context, event);
  } else if (object.resource == "replicasets.apps") {
    if (!deleted) context.plan(ControllerKind::replica_set, object.ns, object.name);
    if (const std::string owner = controller_of(object, "Deployment"); !owner.empty()) {
      context.plan(ControllerKind::deployment, object.ns, owner);
    }
  } else if (object.resource == "services") {
    context.plan(ControllerKind::endpoints, object.ns, object.name);
    if (!deleted) context.plan(ControllerKind::load_balancer, object.ns, object.name);
  } else if (object.resource == "secrets") {
    plan_secret(context, event);
  } else if (object.resource == "serviceaccounts" || object.resource == "configmaps") {
    plan_account(context, event);
  } else if (object.resource == "namespaces" && !deleted) {
    context.plan(ControllerKind::ns, "", object.name);
  } else if (object.resource == "horizontalpodautoscalers.autoscaling" && !deleted) {
    context.plan(ControllerKind::autoscaler, object.ns, object.name, context.settings.delays.autoscaler);
  } else if (object.resource == "poddisruptionbudgets.policy" && !deleted) {
    context.plan(ControllerKind::budget, object.ns, object.name);
  } else if (object.resource == "clusterroles.rbac.authorization.k8s.io") {
    plan_sums(context);
  }
}

void plan_all(ClusterContext& context) {
  for (const char* resource :
       {"namespaces", "serviceaccounts", "secrets", "services", "deployments.apps", "replicasets.apps", "pods",
        "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"}) {
    for (const StoredPtr& object : context.api.all(resource)) {
      plan_after(context, {.type = ObjectEvent::Type::added, .object = object, .before = nullptr});
    }
  }
}

}  // namespace mesh::simulator
