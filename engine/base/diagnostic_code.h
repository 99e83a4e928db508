#pragma once

namespace mesh {

// Every code that a diagnostic can carry, one row each: the enumerator is also the name that users see. Keep the groups
// sorted by the stage that reports them.
// clang-format off
#define MESH_DIAGNOSTIC_CODES(X)                                                                                 \
  /* any file */                                                                                                 \
  X(file_not_readable) X(file_not_writable) X(syntax_error) X(duplicate_key)                                     \
  /* spec */                                                                                                     \
  X(unknown_field) X(missing_field) X(wrong_type) X(invalid_value) X(unsupported_version) X(unknown_platform)    \
  X(unsupported_ca) X(unknown_peer) X(duplicate_id) X(shared_network) X(conflicting_fields) X(no_clusters)       \
  /* access */                                                                                                   \
  X(kubeconfig_invalid) X(unknown_context) X(legacy_auth_provider) X(exec_plugin_failed) X(credential_invalid)   \
  X(insecure_tls)                                                                                                \
  /* talking to a cluster */                                                                                     \
  X(unreachable) X(tls_failed) X(timed_out) X(unauthorized) X(forbidden) X(not_found) X(not_served)              \
  X(conflict) X(field_conflict) X(rejected) X(server_error) X(too_many_requests) X(malformed_answer)             \
  X(cancelled)                                                                                                   \
  /* plan */                                                                                                     \
  X(namespace_missing) X(control_plane_missing) X(revision_ambiguous) X(undialable_api_server)                   \
  X(cluster_id_mismatch) X(duplicate_remote_secret) X(protected_cluster) X(credential_in_annotation)             \
  X(no_such_address) X(belongs_to_other_mesh) X(same_cluster) X(other_cluster)        \
  X(mass_removal) X(too_many_changes) X(incomplete) X(check_fired)                       \
  /* saved plans and apply */                                                                                    \
  X(plan_invalid) X(spec_changed) X(ground_moved) X(not_ready) X(dependency_failed)                              \
  X(dial_failed) X(not_confirmed) X(not_injected) X(rewritten) X(lock_held) X(lock_lost) X(journal_open)         \
  /* state */                                                                                                    \
  X(state_unusable) X(state_remote_failed) X(unknown_revision) X(snapshot_invalid)                               \
  /* ours */                                                                                                     \
  X(usage) X(internal)
// clang-format on

enum class Code {
#define MESH_CODE(name) name,
  MESH_DIAGNOSTIC_CODES(MESH_CODE)
#undef MESH_CODE
};

}  // namespace mesh
