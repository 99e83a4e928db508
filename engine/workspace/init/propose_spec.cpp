#include "engine/workspace/init/propose_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/load/check_names.h"
#include "engine/workspace/init/cluster_name.h"
#include "engine/workspace/init/proposal_parts.h"

namespace mesh {
namespace {

std::string file_of(const FoundContext& context) {
  std::vector<std::string> files;
  for (const auto& file : context.kubeconfig) files.push_back(file.string());
  return fmt::format("{}", fmt::join(files, ":"));
}

/// A problem on one line: `forbidden: cause. hint`.
std::string text_of_problem(const Diagnostic& problem) {
  std::string line = problem.summary;
  if (!problem.cause.empty()) line += ": " + problem.cause;
  if (!problem.hint.empty()) line += ". " + problem.hint;
  return line;
}

class SpecProposer {
 public:
  SpecProposer(const std::vector<FoundCluster>& found, const PlatformSet& platforms)
      : found_(found), platforms_(platforms) {}

  Result<ProposedSpec> propose(const std::string& mesh_name) {
    choose_members();
    if (members_.empty()) return failure(no_members());
    SpecProposal& proposal = result_.proposal;
    proposal.spec.mesh.system_namespace = members_.front().found->system_namespace;
    rename_members(mesh_name);
    propose_revision(members_, proposal);
    propose_identity(members_, mesh_name, proposal);
    for (const ProposedMember& member : members_) add_cluster(member);
    propose_ids(members_, proposal);
    drop_equal_ids();
    propose_networks(members_, proposal);
    propose_gateways(members_, platforms_, proposal);
    propose_api_servers(members_, proposal);
    propose_peers(members_, proposal);
    warn_of_networks();
    name_left_out();
    return std::move(result_);
  }

 private:
  /// `warns`: a cluster is missing for it.
  void leave_out(const FoundCluster& cluster, std::vector<std::string> why, Code code, bool warns = true) {
    const FoundContext& context = cluster.context;
    LeftOutContext one{.context = context.name, .file = file_of(context), .why = std::move(why)};
    if (warns) {
      result_.incomplete = true;
      result_.diagnostics.push_back({.code = code,
                                     .severity = Severity::warning,
                                     .where = fmt::format("context {}", context.name),
                                     .summary = "cluster is left out of the spec",
                                     .cause = one.why.front(),
                                     .hint = "a comment in the file has its table"});
      one.table.platform = platforms_.contains(cluster.platform.name) ? cluster.platform.name : "kubernetes";
      one.table.kubeconfig = context.kubeconfig;
      if (!context.is_only_one) one.table.context = context.name;
    }
    left_out_.push_back(std::move(one));
  }

  /// The clusters of the spec have their names by now.
  void name_left_out() {
    for (LeftOutContext& one : left_out_) {
      // A context of the same cluster has no table.
      if (one.table.platform.empty()) continue;
      one.table.name = one.table.network = cluster_name(one.context, names_);
      names_.insert(one.table.name);
    }
    result_.proposal.left_out = std::move(left_out_);
  }

  /// Nothing: it can be in a spec, as far as it alone is concerned.
  bool is_usable(const FoundCluster& cluster) {
    if (!cluster.unreadable.empty()) {
      std::vector<std::string> why;
      for (const Diagnostic& problem : cluster.unreadable) why.push_back(text_of_problem(problem));
      leave_out(cluster, std::move(why), cluster.unreadable.front().code);
      return false;
    }
    const FoundContext& context = cluster.context;
    const bool bad_file = std::any_of(context.kubeconfig.begin(), context.kubeconfig.end(),
                                      [](const auto& file) { return check_path(file.string()).has_value(); });
    if (check_text(context.name) || bad_file) {
      leave_out(cluster, {"the context or its file has a name that no spec can hold: rename it"}, Code::invalid_value);
      return false;
    }
    if (cluster.planes.empty() || check_dns_label(cluster.system_namespace)) {
      std::vector<std::string> why = {
          "no Deployment with label app=istiod was found: install the control plane, then run `mesh init` again"};
      for (const Diagnostic& gap : cluster.gaps) why.push_back(text_of_problem(gap));
      leave_out(cluster, std::move(why), Code::control_plane_missing);
      return false;
    }
    return true;
  }

  void choose_members() {
    std::vector<const FoundCluster*> usable;
    std::vector<std::string> namespaces;
    for (const FoundCluster& cluster : found_) {
      if (!is_usable(cluster) || is_known(cluster)) continue;
      usable.push_back(&cluster);
      namespaces.push_back(cluster.system_namespace);
    }
    const std::string ns = most_common(namespaces);
    for (const FoundCluster* cluster : usable) {
      if (cluster->system_namespace != ns) {
        leave_out(*cluster,
                  {fmt::format("its istiod is in namespace {}, those of the others in {}: a mesh has one namespace",
                               cluster->system_namespace, ns)},
                  Code::namespace_missing);
        continue;
      }
      const std::string name = cluster_name(cluster->context.name, names_);
      names_.insert(name);
      members_.push_back({.found = cluster, .name = name});
    }
  }

  /// Whether another context is the same cluster, or has the same name.
  bool is_known(const FoundCluster& cluster) {
    if (!cluster.uid.empty()) {
      const auto [same, is_new] = by_uid_.emplace(cluster.uid, &cluster);
      if (!is_new) {
        leave_out(cluster, {fmt::format("it leads to the same cluster as context {}", same->second->context.name)},
                  Code::same_cluster, false);
        return true;
      }
    }
    const auto [same, is_new] = by_context_.emplace(cluster.context.name, &cluster);
    if (is_new) return false;
    leave_out(
        cluster,
        {fmt::format("context {} of {} has the same name and leads to another cluster: give the table below a name "
                     "of its own",
                     cluster.context.name, file_of(same->second->context))},
        Code::duplicate_id);
    return true;
  }

  /// Peers know a cluster by the name that the spec had when their Secrets were written: another one would change them.
  void rename_members(const std::string& mesh_name) {
    std::map<std::string, std::string> names;
    for (const ProposedMember& member : members_) {
      for (const FoundRemoteSecret& secret : member.found->remote_secrets) {
        if (secret.mesh.empty() || (!mesh_name.empty() && secret.mesh != mesh_name)) continue;
        if (check_dns_label(secret.peer)) continue;
        for (const std::string& key : secret.keys) names.emplace(key, secret.peer);
      }
    }
    for (ProposedMember& member : members_) {
      for (const FoundControlPlane& plane : member.found->planes) {
        const auto known = names.find(plane.cluster_id);
        if (known != names.end() && names_.insert(known->second).second) member.name = known->second;
      }
    }
  }

  void add_cluster(const ProposedMember& member) {
    const FoundContext& context = member.found->context;
    ClusterSpec& cluster = result_.proposal.spec.clusters[member.name];
    cluster.name = member.name;
    cluster.kubeconfig = context.kubeconfig;
    if (!context.is_only_one) cluster.context = context.name;
    const std::string key = "cluster." + member.name;
    for (const std::string& ns : member.found->other_namespaces) {
      add_doubt(result_.proposal, key,
                fmt::format("there is another istiod in namespace {}, which mesh does not use", ns));
    }
    for (const Diagnostic& gap : member.found->gaps) {
      add_doubt(result_.proposal, key, fmt::format("not everything could be read: {}", text_of_problem(gap)));
    }
  }

  void drop_equal_ids() {
    std::map<std::string, std::string> names;
    auto& clusters = result_.proposal.spec.clusters;
    std::erase_if(members_, [&](const ProposedMember& member) {
      const std::string id = clusters.at(member.name).id;
      const auto [first, is_new] = names.emplace(id, member.name);
      if (is_new) return false;
      clusters.erase(member.name);
      std::erase_if(result_.proposal.remarks, [&](const auto& remark) {
        return remark.first == "cluster." + member.name || remark.first.starts_with(cluster_key(member.name, ""));
      });
      leave_out(*member.found,
                {fmt::format("CLUSTER_ID of {} is `{}`, as that of cluster {}: every cluster of a mesh needs its own, "
                             "reinstall the control plane with another `global.multiCluster.clusterName`",
                             member.plane->deployment, id, first->second)},
                Code::duplicate_id);
      return true;
    });
  }

  void warn_of_networks() {
    const std::set<std::string>& flat = result_.proposal.spec.mesh.flat_networks;
    if (flat.empty()) return;
    result_.diagnostics.push_back({.code = Code::shared_network,
                                   .severity = Severity::warning,
                                   .summary = "network is shared",
                                   .cause = fmt::format("several clusters say network {}", fmt::join(flat, ", ")),
                                   .hint = "see what the file says at `mesh.flat_networks`"});
  }

  Diagnostics no_members() {
    Diagnostics problems = {{.code = Code::no_clusters,
                             .summary = "no clusters",
                             .cause = found_.empty() ? "no kubeconfig with a context was found there"
                                                     : "no context leads to a cluster that answers and has an istiod",
                             .hint = found_.empty()
                                         ? "name kubeconfigs, or folders with them"
                                         : "install the control planes first, or choose others with --context"}};
    append(problems, std::move(result_.diagnostics));
    // No file was written.
    for (Diagnostic& problem : problems) {
      if (problem.severity == Severity::warning) problem.hint.clear();
    }
    return problems;
  }

  const std::vector<FoundCluster>& found_;
  const PlatformSet& platforms_;
  std::vector<ProposedMember> members_;
  std::vector<LeftOutContext> left_out_;
  std::set<std::string> names_;
  std::map<std::string, const FoundCluster*> by_uid_;
  std::map<std::string, const FoundCluster*> by_context_;
  ProposedSpec result_;
};

}  // namespace

Result<ProposedSpec> propose_spec(const std::vector<FoundCluster>& found, const std::string& mesh_name,
                                  const PlatformSet& platforms) {
  return SpecProposer(found, platforms).propose(mesh_name);
}

}  // namespace mesh
