#include "engine/cli/commands.h"
#include "engine/codec/plan_codec.h"
#include "engine/codec/report_codec.h"
#include "engine/render/render_history.h"
#include "engine/state/git_store.h"

namespace mesh::cli {
namespace {

Result<std::unique_ptr<SnapshotStore>> open_store(const Options& options, Env& env, Diagnostics& warnings) {
  const auto spec = read_spec(options.spec_file);
  if (!spec) return failure(spec.error());
  auto store = make_git_store(spec->state.repo, spec->mesh.name, spec->state.remote, env.clock, {.stop = env.stop});
  // Reading the newest snapshot fetches from the remote, so that colleagues' applies are in the history.
  const auto last = store->last(warnings);
  if (!last) return failure(last.error());
  if (*last) append(warnings, (*last)->unpushed);
  return store;
}

}  // namespace

int cmd_history(const Options& options, Env& env) {
  Console console = console_of(options, env);
  Diagnostics warnings;
  const auto store = open_store(options, env, warnings);
  if (!store) return console.fail(store.error());
  const auto history = (*store)->history();
  if (!history) return console.fail(history.error());
  console.results() << render_history(*history, console.result_color());
  console.print(warnings);
  return exit_done;
}

int cmd_show(const Options& options, Env& env) {
  Console console = console_of(options, env);
  Diagnostics warnings;
  const auto store = open_store(options, env, warnings);
  if (!store) return console.fail(store.error());
  const auto stored = (*store)->at(options.revision);
  if (!stored) return console.fail(stored.error());
  const Snapshot& snapshot = stored->snapshot;
  // Documents of an earlier version may not be readable any more; the rest of the snapshot is.
  const auto readable = [](auto decoded) { return decoded ? std::optional(std::move(*decoded)) : std::nullopt; };
  console.results() << render_snapshot(stored->commit, snapshot, readable(decode_plan(snapshot.plan_json, "plan.json")),
                                       readable(decode_report(snapshot.report_json, "report.json")),
                                       console.result_color());
  console.print(warnings);
  return exit_done;
}

}  // namespace mesh::cli
