#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/checks/label_selector.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/gateway_pod.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/injection.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

struct Match {
  const Object& configuration;
  const json& webhook;
};

json namespace_labels(const ClusterView& cluster) {
  const Object* home = cluster.found(namespace_id(cluster.ns()));
  json labels = home == nullptr ? json::object() : labels_of(*home);
  labels["kubernetes.io/metadata.name"] = cluster.ns();
  return labels;
}

/// Labels of the gateway's pods as the spec asks for them.
json pod_labels(const ClusterView& cluster) {
  const MemberInputs member{.mesh = cluster.spec.mesh,
                            .cluster = cluster.cluster,
                            .platform = cluster.platform,
                            .live = &cluster.live,
                            .revision = cluster.plane.revision};
  const json pods = gateway_pod_template(member, gateway_pod_selector(member));
  return *find_field(pods, {"metadata", "labels"});
}

/// The webhooks that would inject the gateway's pods (istio-facts 6.7).
std::vector<Match> matches_of(const ClusterView& cluster) {
  const json of_namespace = namespace_labels(cluster);
  const json of_pod = pod_labels(cluster);
  std::vector<Match> matches;
  for (const Object& configuration : cluster.objects(Topic::webhooks)) {
    for (const json& webhook : list_at(configuration.body, {"webhooks"})) {
      if (!selects(member(&webhook, "namespaceSelector"), of_namespace)) continue;
      if (selects(member(&webhook, "objectSelector"), of_pod)) matches.push_back({configuration, webhook});
    }
  }
  return matches;
}

std::string revision_of(const Match& match) {
  return text_at(match.configuration.body, {"metadata", "labels", revision_label});
}

}  // namespace

void check_gateway_injection(const ClusterView& cluster, Findings& found) {
  if (!cluster.plane.ready || !matches_of(cluster).empty()) return;
  found.push_back(
      {.object = gateway_deployment_id(cluster.ns()),
       .read = why_not_injected(cluster.objects(Topic::webhooks), namespace_labels(cluster), pod_labels(cluster)),
       .means = "new gateway pods keep the image `auto` and never start",
       .hint = fmt::format("correct the labels of namespace {}, or install the webhook of revision {}", cluster.ns(),
                           cluster.revision)});
}

void check_injecting_revision(const ClusterView& cluster, Findings& found) {
  if (!cluster.plane.ready) return;
  for (const Match& match : matches_of(cluster)) {
    if (revision_of(match).empty() || revision_of(match) == cluster.revision) continue;
    found.push_back(
        {.object = match.configuration.id,
         .read = fmt::format("its webhook {} of revision `{}` selects the gateway's pods, the spec says `{}`",
                             text_at(match.webhook, "name"), revision_of(match), cluster.revision),
         .means = "the gateway runs with another revision's proxy and control plane",
         .hint = fmt::format("correct label {} of namespace {}, or `mesh.revision`", revision_label, cluster.ns())});
  }
}

void check_injected_twice(const ClusterView& cluster, Findings& found) {
  const auto matches = matches_of(cluster);
  if (matches.size() < 2) return;
  found.push_back({.object = matches[1].configuration.id,
                   .read = fmt::format("webhooks {} of {} and {} of {} both select the gateway's pods",
                                       text_at(matches[0].webhook, "name"), matches[0].configuration.id.name,
                                       text_at(matches[1].webhook, "name"), matches[1].configuration.id.name),
                   .means = "pods are injected twice, and the last one wins",
                   .hint = "remove the configuration of the revision that is not used any more"});
}

void check_failure_policy(const ClusterView& cluster, Findings& found) {
  for (const Match& match : matches_of(cluster)) {
    if (text_at(match.webhook, "failurePolicy") != "Ignore") continue;
    found.push_back({.object = match.configuration.id,
                     .read = fmt::format("failurePolicy of webhook {} is `Ignore`", text_at(match.webhook, "name")),
                     .means = "while istiod does not answer, pods start without a proxy and stay so",
                     .hint = "set failurePolicy to `Fail`, as Istio installs it"});
  }
}

void check_gateway_pods(const ClusterView& cluster, Findings& found) {
  for (const Object& pod : cluster.objects(Topic::gateway_pods)) {
    const std::string reason = not_injected_reason(pod);
    if (reason.empty()) continue;
    found.push_back(
        {.object = pod.id,
         .read = fmt::format("it waits with {} for the image `auto`", reason),
         .means = "no webhook injected it when it was created; it does not heal",
         .hint = fmt::format("fix the injection, then: kubectl -n {} delete pod {}", pod.id.ns, pod.id.name)});
  }
}

}  // namespace mesh::istio
