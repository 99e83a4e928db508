#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"
#include "engine/codec/snapshot_codec.h"
#include "engine/codec/yaml_text.h"

namespace mesh {
namespace {

/// A name as part of a path: what git or a file system would not take as it is becomes `%XX`.
std::string as_path(const std::string& name) {
  std::string path;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || c == '-' || c == '_' || c == ':' || (c == '.' && !path.empty());
    path += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return path;
}

std::string file_name(const ObjectId& id) {
  std::string kind = id.kind;
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string name = as_path(kind);
  if (!id.ns.empty()) name += "." + as_path(id.ns);
  return name + "." + as_path(id.name);
}

std::string to_string(ClusterStatus status) {
  switch (status) {
    case ClusterStatus::reachable:
      return "reachable";
    case ClusterStatus::unreachable:
      return "unreachable";
    case ClusterStatus::removed:
      return "removed";
  }
  return {};
}

void add_cluster(std::map<std::string, std::string>& files, const std::string& name, const ClusterSnapshot& cluster) {
  const std::string folder = fmt::format("clusters/{}/", as_path(name));
  files[folder + "cluster.json"] = json_text({{"status", to_string(cluster.status)},
                                              {"as_of", text_or_null(cluster.as_of)},
                                              {"uid", text_or_null(cluster.uid)}});
  for (const auto& [id, body] : cluster.objects) {
    const std::string stem = folder + file_name(id);
    std::string path = stem + ".yaml";
    // Two kinds of one name in two API groups: rare, and the name only has to be unique, for identity is inside.
    for (int i = 2; files.contains(path); ++i) path = fmt::format("{}.{}.yaml", stem, i);
    files[path] = yaml_text(without_secret_values(body));
  }
}

}  // namespace

std::map<std::string, std::string> encode_snapshot(const Snapshot& snapshot) {
  std::map<std::string, std::string> files;
  files["spec.toml"] = snapshot.spec_text;
  files["plan.json"] = snapshot.plan_json;
  files["report.json"] = snapshot.report_json;
  files["snapshot.json"] = json_text({{"format", snapshot_format},
                                      {"time", text_or_null(snapshot.time)},
                                      {"result", text_or_null(snapshot.result)},
                                      {"plan_digest", text_or_null(snapshot.plan_digest)},
                                      {"spec_digest", text_or_null(snapshot.spec_digest)}});
  for (const auto& [name, cluster] : snapshot.clusters) add_cluster(files, name, cluster);
  for (const auto& [name, text] : snapshot.removed_specs) {
    files[fmt::format("clusters/{}/spec.toml", as_path(name))] = text;
  }
  return files;
}

}  // namespace mesh
