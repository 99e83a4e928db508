#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/checks/themes.h"

namespace mesh::istio {

/// What asmcli asks of a cluster before it registers it with a mesh (istio-facts 7).
void check_fleet_membership(const ClusterView& cluster, Findings& found) {
  const MeshSpec& mesh = cluster.spec.mesh;
  if (!mesh.fleet_project) return;
  const ObjectId id{"hub.gke.io/v1", "Membership", "", "membership"};
  const auto report = [&](std::string read) {
    found.push_back(
        {.object = id,
         .read = std::move(read),
         .means = fmt::format("the cluster is not registered with fleet `{}`: its workloads get no identity "
                              "from it",
                              *mesh.fleet_project),
         .hint = "register it: gcloud container fleet memberships register (with --enable-workload-identity)"});
  };
  if (!cluster.served(Topic::membership)) return report("memberships.hub.gke.io is not installed");
  const Object* membership = cluster.find(Topic::membership, "membership");
  if (membership == nullptr) return report("it does not exist");
  const std::string provider = text_at(membership->body, {"spec", "identity_provider"});
  if (provider.empty()) return report("it has no identity_provider");
  const std::string number = mesh.project_number ? std::to_string(*mesh.project_number) : std::string();
  const bool ours = provider.find(fmt::format("/projects/{}/", *mesh.fleet_project)) != std::string::npos ||
                    (!number.empty() && provider.find(fmt::format("/projects/{}/", number)) != std::string::npos);
  if (!ours) report(fmt::format("its identity_provider is {}", provider));
}

}  // namespace mesh::istio
