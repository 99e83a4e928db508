#include "engine/workspace/edit_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/base/time.h"
#include "engine/state/git_store.h"
#include "engine/workspace/workspace.h"

namespace mesh {
namespace {

Diagnostic unknown_cluster(const std::string& cluster) {
  return {.code = Code::usage,
          .summary = "no such cluster in the last snapshot",
          .cause = fmt::format("`{}`", cluster),
          .hint = "`mesh show HEAD` lists the clusters"};
}

}  // namespace

Result<std::string> edit_state(const std::string& spec_file, const std::string& subject,
                               const std::function<Result<void>(Snapshot&)>& edit, Diagnostics& warnings, Env& env) {
  const auto spec = read_spec(spec_file);
  if (!spec) return failure(spec.error());
  const auto store =
      make_git_store(spec->state.repo, spec->mesh.name, spec->state.remote, env.clock, {.stop = env.stop});
  const auto last = store->last(warnings);
  if (!last) return failure(last.error());
  if (!*last) {
    return failure(Diagnostic{.code = Code::state_unusable,
                              .summary = "nothing was applied yet",
                              .cause = fmt::format("{} holds no snapshot", spec->state.repo.string()),
                              .hint = "the first `mesh apply` makes one"});
  }
  auto snapshot = store->read(**last);
  if (!snapshot) return failure(std::move(snapshot.error()));
  const std::string now = rfc3339(env.clock.wall());
  const auto edited = [&](Snapshot one) -> Result<Snapshot> {
    if (auto done = edit(one); !done) return failure(std::move(done.error()));
    one.time = now;
    return one;
  };
  auto next = edited(*snapshot);
  if (!next) return failure(std::move(next.error()));
  if (auto ready = store->prepare(); !ready) return failure(std::move(ready.error()));
  const auto rebased = [&](const Snapshot& newest) { return edited(newest).value_or(newest); };
  auto saved =
      store->save({.after = (*last)->commit, .snapshot = std::move(*next), .rebased = rebased, .subject = subject});
  if (!saved) return failure(std::move(saved.error()));
  append(warnings, std::move(saved->diagnostics));
  return saved->commit;
}

Result<std::string> unprotect(const std::string& spec_file, const std::string& cluster, Diagnostics& warnings,
                              Env& env) {
  const auto spec = read_spec(spec_file);
  if (!spec) return failure(spec.error());
  const auto wanted = spec->clusters.find(cluster);
  if (wanted != spec->clusters.end() && wanted->second.protect) {
    return failure(Diagnostic{.code = Code::protected_cluster,
                              .at = wanted->second.at,
                              .where = fmt::format("cluster {}", cluster),
                              .summary = "spec protects the cluster",
                              .cause = "it has `protect = true`, so the next apply would protect it again",
                              .hint = "take the line out first"});
  }
  const auto edit = [&](Snapshot& snapshot) -> Result<void> {
    const auto known = snapshot.clusters.find(cluster);
    if (known == snapshot.clusters.end()) return failure(unknown_cluster(cluster));
    if (!known->second.protect) {
      return failure(Diagnostic{.code = Code::usage,
                                .where = fmt::format("cluster {}", cluster),
                                .summary = "cluster is not protected",
                                .cause = "the last snapshot does not protect it, nor does the spec",
                                .hint = {}});
    }
    known->second.protect = false;
    return {};
  };
  return edit_state(spec_file, fmt::format("unprotect: {}", cluster), edit, warnings, env);
}

Result<std::string> forget(const std::string& spec_file, const std::string& cluster, Diagnostics& warnings, Env& env) {
  const auto spec = read_spec(spec_file);
  if (!spec) return failure(spec.error());
  if (const auto wanted = spec->clusters.find(cluster); wanted != spec->clusters.end()) {
    return failure(Diagnostic{.code = Code::usage,
                              .at = wanted->second.at,
                              .where = fmt::format("cluster {}", cluster),
                              .summary = "spec has the cluster",
                              .cause = "only a cluster that is gone from the spec can be forgotten",
                              .hint = "take it out of the spec first"});
  }
  const auto edit = [&](Snapshot& snapshot) -> Result<void> {
    if (snapshot.clusters.erase(cluster) == 0) return failure(unknown_cluster(cluster));
    snapshot.removed_specs.erase(cluster);
    std::erase_if(snapshot.rewritten, [&](const RewrittenField& field) { return field.cluster == cluster; });
    return {};
  };
  return edit_state(spec_file, fmt::format("forget: {}", cluster), edit, warnings, env);
}

}  // namespace mesh
