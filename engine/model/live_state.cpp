#include "engine/model/live_state.h"

#include <fmt/format.h>

namespace mesh {

Observed ClusterState::observe(const ObjectId& id) const {
  if (unreachable) return Unreadable{*unreachable};
  if (left_out) return Unreadable{};
  if (const auto it = found.find(id); it != found.end()) return &it->second;
  ObjectId whole_list = id;
  whole_list.name.clear();
  for (const ObjectId& question : {id, whole_list}) {
    if (const auto it = unreadable.find(question); it != unreadable.end()) return Unreadable{it->second};
  }
  if (asked.contains(id) || asked.contains(whole_list)) return Absent{};
  return Unreadable{{Diagnostic{.code = Code::internal,
                                .where = fmt::format("cluster {}: {}", name, to_string(id)),
                                .summary = "object was not read",
                                .cause = "nothing asked the cluster for it",
                                .hint = "this is a bug in mesh: please report it"}}};
}

Diagnostics as_reading_problems(Diagnostics why) {
  for (Diagnostic& problem : why) {
    if (problem.code != Code::internal) problem.severity = Severity::warning;
  }
  return why;
}

}  // namespace mesh
