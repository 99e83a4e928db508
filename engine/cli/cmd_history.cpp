#include "engine/cli/commands.h"
#include "engine/cli/pipeline.h"
#include "engine/render/render_history.h"
#include "engine/state/git_store.h"

namespace mesh::cli {
namespace {

Result<std::unique_ptr<SnapshotStore>> open_store(const Options& options, Env& env, Diagnostics& warnings) {
  const auto spec = read_spec(options);
  if (!spec) return failure(spec.error());
  auto store = make_git_store(spec->state.repo, spec->mesh.name, spec->state.remote, env.clock);
  // Reading the newest snapshot fetches from the remote, so that colleagues' applies are in the history.
  if (const auto last = store->last(warnings); !last) return failure(last.error());
  return store;
}

}  // namespace

int cmd_history(const Options& options, Env& env) {
  Diagnostics warnings;
  const auto store = open_store(options, env, warnings);
  if (!store) return fail(store.error(), options, env);
  const auto history = (*store)->history();
  if (!history) return fail(history.error(), options, env);
  env.out << render_history(*history, options.out_color);
  print_diagnostics(warnings, options, env);
  return exit_done;
}

int cmd_show(const Options& options, Env& env) {
  Diagnostics warnings;
  const auto store = open_store(options, env, warnings);
  if (!store) return fail(store.error(), options, env);
  const auto stored = (*store)->at(options.revision);
  if (!stored) return fail(stored.error(), options, env);
  env.out << render_snapshot(stored->commit, stored->snapshot, options.out_color);
  print_diagnostics(warnings, options, env);
  return exit_done;
}

}  // namespace mesh::cli
