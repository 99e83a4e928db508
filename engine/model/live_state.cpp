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
    switch (problem.code) {
      case Code::file_not_readable:
      case Code::syntax_error:
      case Code::duplicate_key:
      case Code::kubeconfig_invalid:
      case Code::unknown_context:
      case Code::legacy_auth_provider:
      case Code::exec_plugin_failed:
      case Code::credential_invalid:
      case Code::insecure_tls:
      case Code::malformed_answer:
      case Code::internal:
        break;
      default:
        problem.severity = Severity::warning;
    }
  }
  return why;
}

}  // namespace mesh
