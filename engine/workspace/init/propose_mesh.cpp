#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/load/check_names.h"
#include "engine/load/draft.h"
#include "engine/workspace/init/proposal_parts.h"

namespace mesh {
namespace {

constexpr const char* default_revision = "default";
constexpr std::string_view fleet_domain = ".svc.id.goog";
constexpr std::string_view fleet_id = "proj-";

std::set<std::string> revisions_of(const FoundCluster& cluster) {
  std::set<std::string> revisions;
  for (const FoundControlPlane& plane : cluster.planes) revisions.insert(plane.revision);
  return revisions;
}

/// Revisions that every cluster has.
std::set<std::string> common_revisions(const std::vector<ProposedMember>& members) {
  std::set<std::string> common = revisions_of(*members.front().found);
  for (const ProposedMember& member : members) {
    const std::set<std::string> own = revisions_of(*member.found);
    std::erase_if(common, [&](const std::string& revision) { return !own.contains(revision); });
  }
  return common;
}

/// The one whose injector made the gateways that are there; else the greatest, which by the usual names is the newest.
std::string choose_revision(const std::set<std::string>& common, const std::vector<ProposedMember>& members) {
  std::vector<std::string> used;
  for (const ProposedMember& member : members) {
    if (!member.found->gateway) continue;
    const std::string& label = member.found->gateway->revision;
    const std::string revision = label.empty() ? default_revision : label;
    if (common.contains(revision)) used.push_back(revision);
  }
  const std::string most = most_common(used);
  return most.empty() ? *common.rbegin() : most;
}

/// `c1: a, b; c2: a`.
template <class Texts>
std::string by_cluster(const std::vector<ProposedMember>& members, const Texts& texts_of) {
  std::vector<std::string> parts;
  for (const ProposedMember& member : members) {
    parts.push_back(fmt::format("{}: {}", member.name, fmt::join(texts_of(member), ", ")));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> texts_of(const std::vector<ProposedMember>& members, std::string FoundControlPlane::*field) {
  std::vector<std::string> texts;
  for (const ProposedMember& member : members) texts.push_back(member.plane->*field);
  return texts;
}

void doubt_unless_equal(const std::vector<ProposedMember>& members, std::string FoundControlPlane::*field,
                        const std::string& key, const std::string& what, const std::string& hint,
                        SpecProposal& proposal) {
  const std::vector<std::string> texts = texts_of(members, field);
  if (std::all_of(texts.begin(), texts.end(), [&](const std::string& text) { return text == texts.front(); })) return;
  const auto said = [&](const ProposedMember& member) {
    const std::string& text = member.plane->*field;
    return std::vector<std::string>{text.empty() ? "none" : text};
  };
  add_doubt(proposal, key, fmt::format("{} differ: {}. {}", what, by_cluster(members, said), hint));
}

/// The project that hosts the fleet, by what names it; empty: nothing does.
std::pair<std::string, std::string> fleet_project(const std::vector<ProposedMember>& members) {
  std::vector<std::string> registered;
  std::vector<std::string> domains;
  std::vector<std::string> ids;
  const auto add = [](std::vector<std::string>& to, const std::string& project) {
    if (!check_project_id(project)) to.push_back(project);
  };
  for (const auto& [found, name, plane] : members) {
    if (found->fleet) add(registered, found->fleet->project);
    const std::string& domain = plane->trust_domain;
    if (domain.ends_with(fleet_domain)) add(domains, domain.substr(0, domain.size() - fleet_domain.size()));
    const std::string& id = plane->cluster_id;
    const auto end = id.find("-global-");
    if (id.starts_with("cn-") && end != std::string::npos) add(ids, id.substr(3, end - 3));
  }
  if (!registered.empty()) return {most_common(registered), "the fleet membership"};
  if (!domains.empty()) return {most_common(domains), "the trust domain"};
  return {most_common(ids), "CLUSTER_ID of istiod"};
}

std::optional<std::int64_t> project_number(const std::string& mesh_id) {
  if (!mesh_id.starts_with(fleet_id)) return std::nullopt;
  std::int64_t number = 0;
  const char* end = mesh_id.data() + mesh_id.size();
  const auto [last, wrong] = std::from_chars(mesh_id.data() + fleet_id.size(), end, number);
  if (wrong != std::errc() || last != end || number < 1) return std::nullopt;
  return number;
}

void propose_authority(const std::vector<ProposedMember>& members, SpecProposal& proposal) {
  std::vector<std::string> words;
  for (const ProposedMember& member : members) words.push_back(ca_words()[static_cast<std::size_t>(member.plane->ca)]);
  const std::string word = most_common(words);
  MeshSpec& mesh = proposal.spec.mesh;
  for (const ProposedMember& member : members) {
    if (ca_words()[static_cast<std::size_t>(member.plane->ca)] != word) continue;
    mesh.ca = member.plane->ca;
    if (!member.plane->ca_from.empty()) add_source(proposal, "mesh.ca", member.plane->ca_from);
    break;
  }
  if (std::any_of(words.begin(), words.end(), [&](const std::string& other) { return other != word; })) {
    const auto said = [&](const ProposedMember& member) {
      return std::vector<std::string>{ca_words()[static_cast<std::size_t>(member.plane->ca)]};
    };
    add_doubt(proposal, "mesh.ca",
              fmt::format("certificate authorities differ: {}. Without a common root no traffic crosses: reinstall the "
                          "others with this one",
                          by_cluster(members, said)));
  }
  if (mesh.fleet_project || mesh.ca == CertificateAuthority::istio_ca) return;
  add_doubt(
      proposal, "mesh.ca",
      fmt::format("the clusters use {}, which needs `fleet_project` and `project_number` instead of `id`: neither a "
                  "fleet membership nor a mesh id `proj-NUMBER` and a trust domain `PROJECT.svc.id.goog` was found",
                  ca_words()[static_cast<std::size_t>(mesh.ca)]));
  std::erase_if(proposal.remarks["mesh.ca"], [](const Remark& remark) { return !remark.doubt; });
  mesh.ca = CertificateAuthority::istio_ca;
}

void propose_name(const std::vector<ProposedMember>& members, const std::string& mesh_name, SpecProposal& proposal) {
  MeshSpec& mesh = proposal.spec.mesh;
  std::vector<std::string> labels;
  for (const ProposedMember& member : members) {
    for (const std::string& label : member.found->meshes) {
      if (!check_dns_label(label)) labels.push_back(label);
    }
  }
  if (!mesh_name.empty()) {
    mesh.name = mesh_name;
  } else if (!labels.empty()) {
    mesh.name = most_common(labels);
    add_source(proposal, "mesh.name", "label mesh-engine.dev/mesh");
  } else {
    mesh.name = mesh.fleet_project.value_or(as_dns_label(mesh.id));
    if (mesh.name.empty()) mesh.name = "mesh";
    add_source(proposal, "mesh.name", "for labels and snapshots: choose it before the first apply");
  }
  for (const std::string& label : std::set<std::string>(labels.begin(), labels.end())) {
    if (label == mesh.name) continue;
    add_doubt(
        proposal, "mesh.name",
        fmt::format("there are objects of mesh `{}` in these clusters: `name` has to be that one, or destroy that "
                    "mesh first",
                    label));
  }
}

}  // namespace

void propose_revision(std::vector<ProposedMember>& members, SpecProposal& proposal) {
  MeshSpec& mesh = proposal.spec.mesh;
  const std::set<std::string> common = common_revisions(members);
  const bool several = std::any_of(members.begin(), members.end(),
                                   [](const ProposedMember& one) { return revisions_of(*one.found).size() > 1; });
  const std::string found =
      by_cluster(members, [](const ProposedMember& member) { return revisions_of(*member.found); });
  if (common.empty()) {
    mesh.revision = auto_revision;
    if (several) {
      add_doubt(
          proposal, "mesh.revision",
          fmt::format("the clusters share no revision, and some have several ({}): a plan refuses those. Leave one "
                      "revision in each, or the same one in all",
                      found));
    } else {
      add_source(proposal, "mesh.revision", "each cluster its own: " + found);
    }
  } else {
    mesh.revision = choose_revision(common, members);
    if (several) {
      add_doubt(proposal, "mesh.revision",
                fmt::format("there are several revisions ({}): name the one whose injector makes the gateways", found));
    }
  }
  // The API server takes no other label; a Deployment's environment may say anything.
  if (check_dns_label(mesh.revision)) {
    add_doubt(proposal, "mesh.revision", fmt::format("`{}` cannot be a revision", mesh.revision));
    mesh.revision = auto_revision;
  }
  for (ProposedMember& member : members) {
    const auto& planes = member.found->planes;
    const auto plane = std::find_if(planes.begin(), planes.end(),
                                    [&](const FoundControlPlane& one) { return one.revision == mesh.revision; });
    member.plane = plane == planes.end() ? &planes.front() : &*plane;
  }
}

void propose_identity(const std::vector<ProposedMember>& members, const std::string& mesh_name,
                      SpecProposal& proposal) {
  MeshSpec& mesh = proposal.spec.mesh;
  mesh.id = most_common(texts_of(members, &FoundControlPlane::mesh_id));
  const auto [project, from] = fleet_project(members);
  const auto number = project_number(mesh.id);
  if (!project.empty() && number) {
    mesh.fleet_project = project;
    mesh.project_number = number;
    add_source(proposal, "mesh.fleet_project", from);
    add_source(proposal, "mesh.project_number", "mesh id " + mesh.id);
  }
  const std::string key = mesh.fleet_project ? "mesh.project_number" : "mesh.id";
  doubt_unless_equal(members, &FoundControlPlane::mesh_id, key, "mesh ids",
                     "Reinstall the control planes of the others with this one: they refuse each other's workloads",
                     proposal);
  doubt_unless_equal(members, &FoundControlPlane::trust_domain, key, "trust domains",
                     "Certificates of one are refused by the other, unless each lists the other in trustDomainAliases",
                     proposal);
  propose_authority(members, proposal);
  propose_name(members, mesh_name, proposal);
  if (mesh.fleet_project || !check_label_value(mesh.id)) return;
  add_doubt(proposal, "mesh.id",
            fmt::format("{}: install every control plane with the same `global.meshID`, and write it here",
                        mesh.id.empty() ? "no control plane has a mesh id" : "the mesh id is not a label value"));
  mesh.id = mesh.name;
}

}  // namespace mesh
