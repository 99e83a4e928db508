#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* revision_note = "deployment.kubernetes.io/revision";

std::int64_t replicas_of(const json& object) { return number(object, {"spec", "replicas"}, 1); }
std::int64_t available_of(const json& set) { return number(set, {"status", "availableReplicas"}); }

std::int64_t revision_of(const json& object) {
  const std::string word = annotation(object, revision_note);
  std::int64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

bool scale(ClusterContext& context, const json& set, std::int64_t replicas) {
  if (replicas_of(set) == replicas) return false;
  return context.patch(controller_manager, resource::replica_sets, "v1", set, {{"spec", {{"replicas", replicas}}}},
                       false);
}

struct Limits {
  std::int64_t surge = 1;
  std::int64_t unavailable = 0;
};

Limits limits_of(const json& deployment) {
  const std::int64_t desired = replicas_of(deployment);
  const json* surge = at(deployment, {"spec", "strategy", "rollingUpdate", "maxSurge"});
  const json* unavailable = at(deployment, {"spec", "strategy", "rollingUpdate", "maxUnavailable"});
  static const json quarter = "25%";
  Limits limits{.surge = share_of(surge == nullptr ? &quarter : surge, desired, true),
                .unavailable = share_of(unavailable == nullptr ? &quarter : unavailable, desired, false)};
  if (limits.surge == 0 && limits.unavailable == 0) limits.unavailable = 1;
  return limits;
}

/// A ReplicaSet for the template as it is now; its name ends in the template's hash.
void create_set(ClusterContext& context, const json& deployment, const std::string& hash, std::int64_t replicas,
                std::int64_t revision) {
  json pod_template = *at(deployment, {"spec", "template"});
  pod_template["metadata"]["labels"]["pod-template-hash"] = hash;
  json selector = *at(deployment, {"spec", "selector"});
  selector["matchLabels"]["pod-template-hash"] = hash;
  json notes = json::object();
  if (const json* own = at(deployment, {"metadata", "annotations"})) notes = *own;
  notes.erase("kubectl.kubernetes.io/last-applied-configuration");
  const std::int64_t desired = replicas_of(deployment);
  const bool recreate = text(deployment, {"spec", "strategy", "type"}) == "Recreate";
  const std::int64_t most = desired + (recreate ? 0 : limits_of(deployment).surge);
  notes[revision_note] = std::to_string(revision);
  notes["deployment.kubernetes.io/desired-replicas"] = std::to_string(desired);
  notes["deployment.kubernetes.io/max-replicas"] = std::to_string(most);
  context.create(controller_manager, resource::replica_sets, "v1",
                 {{"apiVersion", "apps/v1"},
                  {"kind", "ReplicaSet"},
                  {"metadata",
                   {{"name", name_of(deployment) + "-" + hash},
                    {"namespace", namespace_of(deployment)},
                    {"labels", pod_template["metadata"]["labels"]},
                    {"annotations", notes},
                    {"ownerReferences", json::array({owner_reference("apps/v1", "Deployment", deployment)})}}},
                  {"spec", {{"replicas", replicas}, {"selector", selector}, {"template", pod_template}}}});
}

/// Old pods leave as far as enough stay available: first those that are not, then the others.
void scale_down_old(ClusterContext& context, const json& deployment, const json& current,
                    const std::vector<ObjectPtr>& old) {
  const Limits limits = limits_of(deployment);
  std::int64_t all = replicas_of(current);
  for (const ObjectPtr& set : old) all += replicas_of(*set);
  const std::int64_t least = replicas_of(deployment) - limits.unavailable;
  std::int64_t spare = all - least - (replicas_of(current) - available_of(current));
  for (const ObjectPtr& set : old) {
    const std::int64_t broken = replicas_of(*set) - available_of(*set);
    const std::int64_t gone = std::min(std::max<std::int64_t>(spare, 0), std::max<std::int64_t>(broken, 0));
    spare -= gone;
    if (gone > 0 && gone == replicas_of(*set)) {
      scale(context, *set, 0);
      continue;
    }
    const std::int64_t more = std::min(std::max<std::int64_t>(spare, 0), replicas_of(*set) - gone);
    spare -= more;
    if (gone + more > 0) scale(context, *set, replicas_of(*set) - gone - more);
  }
}

void roll(ClusterContext& context, const json& deployment, const json& current, const std::vector<ObjectPtr>& old) {
  const std::int64_t desired = replicas_of(deployment);
  std::int64_t of_old = 0;
  for (const ObjectPtr& set : old) of_old += replicas_of(*set);
  if (text(deployment, {"spec", "strategy", "type"}) == "Recreate") {
    bool gone = true;
    for (const ObjectPtr& set : old) {
      scale(context, *set, 0);
      gone = gone && pods_of(context, *set).empty();
    }
    if (gone) scale(context, current, desired);
    return;
  }
  if (replicas_of(current) > desired) {
    scale(context, current, desired);
    return;
  }
  const std::int64_t room = desired + limits_of(deployment).surge - of_old - replicas_of(current);
  const std::int64_t more = std::min(std::max<std::int64_t>(room, 0), desired - replicas_of(current));
  if (more > 0 && scale(context, current, replicas_of(current) + more)) return;
  if (of_old > 0) scale_down_old(context, deployment, current, old);
}

/// Old sets without pods beyond the limit go, the oldest first.
void clean_up(ClusterContext& context, const json& deployment, std::vector<ObjectPtr> old) {
  const auto keep = static_cast<std::size_t>(number(deployment, {"spec", "revisionHistoryLimit"}, 10));
  std::erase_if(old, [](const ObjectPtr& set) {
    return replicas_of(*set) != 0 || number(*set, {"status", "replicas"}) != 0;
  });
  if (old.size() <= keep) return;
  std::sort(old.begin(), old.end(),
            [](const ObjectPtr& a, const ObjectPtr& b) { return revision_of(*a) < revision_of(*b); });
  for (std::size_t i = 0; i + keep < old.size(); ++i) {
    context.remove(controller_manager, resource::replica_sets, "v1", *old[i]);
  }
}

}  // namespace

std::int64_t share_of(const json* value, std::int64_t of, bool up) {
  if (value == nullptr) return 0;
  if (value->is_number_integer()) return value->get<std::int64_t>();
  if (!value->is_string()) return 0;
  const auto word = value->get<std::string>();
  std::int64_t percent = 0;
  std::from_chars(word.data(), word.data() + word.size(), percent);
  if (!word.ends_with('%')) return percent;
  return (of * percent + (up ? 99 : 0)) / 100;
}

std::string template_hash(const json& pod_template) {
  // As Kubernetes does: FNV-1a of the template, its decimal digits put in letters that spell no words.
  std::uint32_t hash = 2166136261U;
  for (const unsigned char c : pod_template.dump()) hash = (hash ^ c) * 16777619U;
  static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  std::string name;
  for (const char digit : std::to_string(hash)) name += letters[static_cast<unsigned char>(digit) % letters.size()];
  return name;
}

std::vector<ObjectPtr> replica_sets_of(const ClusterContext& context, const json& deployment) {
  std::vector<ObjectPtr> sets;
  const std::string uid = text(deployment, {"metadata", "uid"});
  for (const ObjectPtr& set : context.objects->list(resource::replica_sets, namespace_of(deployment))) {
    if (is_controlled_by(*set, uid) && at(*set, {"metadata", "deletionTimestamp"}) == nullptr) sets.push_back(set);
  }
  return sets;
}

void reconcile_deployment(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr deployment = context.objects->get(resource::deployments, ns, name);
  if (deployment == nullptr || at(*deployment, {"metadata", "deletionTimestamp"}) != nullptr) return;
  const std::string hash = template_hash(*at(*deployment, {"spec", "template"}));
  std::vector<ObjectPtr> sets = replica_sets_of(context, *deployment);
  std::int64_t revision = 1;
  ObjectPtr current;
  std::vector<ObjectPtr> old;
  for (const ObjectPtr& set : sets) {
    if (label(*set, "pod-template-hash") == hash) {
      current = set;
    } else {
      old.push_back(set);
      revision = std::max(revision, revision_of(*set) + 1);
    }
  }
  const json* paused = at(*deployment, {"spec", "paused"});
  if (paused == nullptr || *paused != true) {
    if (current == nullptr) {
      const bool recreate = text(*deployment, {"spec", "strategy", "type"}) == "Recreate";
      std::int64_t of_old = 0;
      for (const ObjectPtr& set : old) of_old += replicas_of(*set);
      const std::int64_t room = replicas_of(*deployment) + limits_of(*deployment).surge - of_old;
      const std::int64_t first =
          recreate && of_old > 0 ? 0 : std::clamp<std::int64_t>(room, 0, replicas_of(*deployment));
      create_set(context, *deployment, hash, first, revision);
    } else {
      if (revision_of(*current) < revision) {
        context.patch(controller_manager, resource::replica_sets, "v1", *current,
                      {{"metadata", {{"annotations", {{revision_note, std::to_string(revision)}}}}}}, false);
      }
      roll(context, *deployment, *current, old);
      clean_up(context, *deployment, old);
    }
  }
  const std::int64_t shown = current == nullptr ? revision : std::max(revision, revision_of(*current));
  json notes = json::object();
  if (revision_of(*deployment) != shown) notes[revision_note] = std::to_string(shown);
  report_deployment(context, *deployment, replica_sets_of(context, *deployment),
                    current == nullptr ? nullptr : current.get(), notes);
}

}  // namespace mesh::simulator
