#include "engine/load/read_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/load/table_reader.h"

namespace mesh {
namespace {

constexpr std::int64_t spec_version = 1;

void read_version(const Value& document, TableReader& reader, Problems& problems) {
  reader.require("version", "write `version = 1` as the first line");
  const auto version = reader.integer("version", INT64_MIN, INT64_MAX);
  if (!version || version->value == spec_version) return;
  problems.add(Code::unsupported_version, document.find("version")->value.at, "unsupported version of the spec",
               fmt::format("version {} is not known to this program", version->value),
               "write `version = 1`, or use the release of mesh that the file was written for");
}

StateDraft read_state(const Value& table, Problems& problems) {
  TableReader reader(table, "[state]", problems);
  StateDraft state;
  state.repo = reader.text("repo", check_path);
  state.remote = reader.text("remote", check_remote);
  reader.finish();
  return state;
}

std::vector<ClusterDraft> read_clusters(const Value* table, Mark start, Problems& problems) {
  std::vector<ClusterDraft> clusters;
  if (table != nullptr) {
    for (const Member& member : table->members) {
      if (member.value.kind == Value::Kind::table) {
        clusters.push_back(read_cluster(member, problems));
      } else {
        problems.add(Code::wrong_type, member.value.at, "wrong type",
                     fmt::format("{} in [cluster] is {}, not a table", shown(member.key), to_string(member.value.kind)),
                     "each cluster is a table: [cluster.NAME]");
      }
    }
  }
  if (table == nullptr || table->members.empty()) {
    problems.add(Code::no_clusters, start, "no clusters", "the spec names no cluster",
                 "add a table [cluster.NAME] with a `platform`");
  }
  std::sort(clusters.begin(), clusters.end(), [](const ClusterDraft& a, const ClusterDraft& b) { return a.at < b.at; });
  return clusters;
}

}  // namespace

SpecDraft read_spec(const Value& document, Problems& problems) {
  TableReader reader(document, "the spec", problems);
  SpecDraft spec;
  read_version(document, reader, problems);
  reader.require("mesh", "add a table [mesh] with a `name`");
  if (const Value* table = reader.table("mesh")) spec.mesh = read_mesh(*table, problems);
  if (const Value* table = reader.table("state")) spec.state = read_state(*table, problems);
  if (const Value* table = reader.table("gateway")) {
    spec.gateway = read_gateway(*table, GatewayOf::mesh, "[gateway]", problems);
  }
  const Value* clusters = reader.table("cluster");
  if (clusters != nullptr || !reader.has("cluster")) {
    spec.clusters = read_clusters(clusters, reader.key_mark("cluster"), problems);
  }
  reader.finish();
  return spec;
}

}  // namespace mesh
