#include "providers/simulator/controllers/duties.h"

#include "providers/simulator/objects/read.h"

namespace mesh::simulator::world {
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
void plan_choosers(Site& site, const Stored& pod) {
  const Labels labels = stored_labels(pod);
  const std::string& ns = pod.ns;
  for (const ObjectPtr& service : site.objects->list(resource::services, ns)) {
    const nlohmann::json* selector = at(*service, {"spec", "selector"});
    if (selector != nullptr && has_labels(labels, *selector)) site.plan(Duty::endpoints, ns, name_of(*service));
  }
  for (const ObjectPtr& budget : site.objects->list(resource::budgets, ns)) {
    const nlohmann::json* selector = at(*budget, {"spec", "selector"});
    if (selector != nullptr && selects(*selector, labels)) site.plan(Duty::budget, ns, name_of(*budget));
  }
}

void plan_pod(Site& site, const ObjectEvent& event) {
  const Stored& pod = *event.object;
  if (event.type != ObjectEvent::Type::deleted) site.plan(Duty::pod, pod.ns, pod.name);
  if (const std::string set = controller_of(pod, "ReplicaSet"); !set.empty()) {
    site.plan(Duty::replica_set, pod.ns, set);
  }
  plan_choosers(site, pod);
}

void plan_deployment(Site& site, const ObjectEvent& event) {
  const Stored& object = *event.object;
  if (event.type != ObjectEvent::Type::deleted) site.plan(Duty::deployment, object.ns, object.name);
  for (const ObjectPtr& scaler : site.objects->list(resource::autoscalers, object.ns)) {
    if (text(*scaler, {"spec", "scaleTargetRef", "name"}) == object.name) {
      site.plan(Duty::autoscaler, object.ns, name_of(*scaler), site.settings.delays.autoscaler);
    }
  }
}

void plan_secret(Site& site, const ObjectEvent& event) {
  const Stored& secret = *event.object;
  const bool deleted = event.type == ObjectEvent::Type::deleted;
  if (!deleted) {
    const std::string* type = secret.field("type");
    if (type == nullptr || *type == "kubernetes.io/service-account-token") {
      site.plan(Duty::token, secret.ns, secret.name);
    }
  }
  if (secret.ns != site.settings.system_namespace) return;
  const auto marked = [](const StoredPtr& one) {
    const std::string* mark = one == nullptr ? nullptr : one->label("istio/multiCluster");
    return mark != nullptr && *mark == "true";
  };
  if (!marked(event.object) && !marked(event.before)) return;
  const auto& deaf = site.faults.deaf_istiod;
  if (deaf && deaf(site.settings.name, secret.ns, secret.name)) return;
  site.note_secret({secret.ns + "/" + secret.name, deleted ? nullptr : event.object, site.clock.now()});
}

/// The tokens of an account come and go with it; the default one and the root come back when removed.
void plan_account(Site& site, const ObjectEvent& event) {
  const Stored& object = *event.object;
  if (event.type == ObjectEvent::Type::deleted) site.plan(Duty::ns, "", object.ns);
  if (object.resource != "serviceaccounts") return;
  for (const StoredPtr& secret : site.api.all("secrets", object.ns)) {
    const std::string* type = secret->field("type");
    if (type == nullptr || *type == "kubernetes.io/service-account-token") {
      site.plan(Duty::token, object.ns, secret->name);
    }
  }
}

/// Any role may be a part of the sums.
void plan_sums(Site& site) {
  for (const ObjectPtr& role : site.objects->list(resource::cluster_roles, "")) {
    if (at(*role, {"aggregationRule"}) != nullptr) site.plan(Duty::role, "", name_of(*role));
  }
}

}  // namespace

void plan_after(Site& site, const ObjectEvent& event) {
  const Stored& object = *event.object;
  const bool deleted = event.type == ObjectEvent::Type::deleted;
  if (deleted) site.objects->forget(object);
  if (object.resource == "pods") {
    plan_pod(site, event);
  } else if (object.resource == "deployments.apps") {
    plan_deployment(site, event);
  } else if (object.resource == "replicasets.apps") {
    if (!deleted) site.plan(Duty::replica_set, object.ns, object.name);
    if (const std::string owner = controller_of(object, "Deployment"); !owner.empty()) {
      site.plan(Duty::deployment, object.ns, owner);
    }
  } else if (object.resource == "services") {
    site.plan(Duty::endpoints, object.ns, object.name);
    if (!deleted) site.plan(Duty::load_balancer, object.ns, object.name);
  } else if (object.resource == "secrets") {
    plan_secret(site, event);
  } else if (object.resource == "serviceaccounts" || object.resource == "configmaps") {
    plan_account(site, event);
  } else if (object.resource == "namespaces" && !deleted) {
    site.plan(Duty::ns, "", object.name);
  } else if (object.resource == "horizontalpodautoscalers.autoscaling" && !deleted) {
    site.plan(Duty::autoscaler, object.ns, object.name, site.settings.delays.autoscaler);
  } else if (object.resource == "poddisruptionbudgets.policy" && !deleted) {
    site.plan(Duty::budget, object.ns, object.name);
  } else if (object.resource == "clusterroles.rbac.authorization.k8s.io") {
    plan_sums(site);
  }
}

void perform(Site& site, const Task& task) {
  switch (task.duty) {
    case Duty::ns:
      return tend_namespace(site, task.ns, task.name);
    case Duty::token:
      return tend_token(site, task.ns, task.name);
    case Duty::deployment:
      return tend_deployment(site, task.ns, task.name);
    case Duty::replica_set:
      return tend_replica_set(site, task.ns, task.name);
    case Duty::pod:
      return tend_pod(site, task.ns, task.name);
    case Duty::endpoints:
      return tend_endpoints(site, task.ns, task.name);
    case Duty::load_balancer:
      return tend_load_balancer(site, task.ns, task.name);
    case Duty::autoscaler:
      return tend_autoscaler(site, task.ns, task.name);
    case Duty::budget:
      return tend_budget(site, task.ns, task.name);
    case Duty::role:
      return tend_role(site, task.name);
  }
}

void begin(Site& site) {
  for (const char* resource :
       {"namespaces", "serviceaccounts", "secrets", "services", "deployments.apps", "replicasets.apps", "pods",
        "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"}) {
    for (const StoredPtr& object : site.api.all(resource)) {
      plan_after(site, {.type = ObjectEvent::Type::added, .object = object, .before = nullptr});
    }
  }
}

}  // namespace mesh::simulator::world
