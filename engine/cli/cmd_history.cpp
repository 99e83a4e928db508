#include "engine/cli/commands.h"
#include "engine/codec/history_codec.h"
#include "engine/codec/plan_codec.h"
#include "engine/codec/report_codec.h"
#include "engine/render/render_history.h"
#include "engine/state/git_store.h"

namespace mesh::cli {
namespace {

struct Opened {
  std::string mesh;
  std::unique_ptr<SnapshotStore> store;
};

Result<Opened> open_store(const Options& options, Env& env, Diagnostics& warnings) {
  const auto spec = read_spec(options.spec_file);
  if (!spec) return failure(spec.error());
  auto store = make_git_store(spec->state.repo, spec->mesh.name, spec->state.remote, env.clock, {.stop = env.stop});
  // Reading the newest snapshot fetches from the remote, so that colleagues' applies are in the history.
  const auto last = store->last(warnings);
  if (!last) return failure(last.error());
  if (*last) append(warnings, (*last)->unpushed);
  return Opened{spec->mesh.name, std::move(store)};
}

}  // namespace

int cmd_history(const Options& options, Env& env) {
  Console console = console_of(options, env);
  Diagnostics warnings;
  const auto opened = open_store(options, env, warnings);
  if (!opened) return console.fail(opened.error());
  auto history = opened->store->history();
  if (!history) return console.fail(history.error());
  if (options.limit > 0 && history->size() > options.limit) history->resize(options.limit);
  console.results() << (console.json() ? encode_history(opened->mesh, *history)
                                       : render_history(*history, console.result_color()));
  console.print(warnings);
  return exit_done;
}

int cmd_show(const Options& options, Env& env) {
  Console console = console_of(options, env);
  Diagnostics warnings;
  const auto opened = open_store(options, env, warnings);
  if (!opened) return console.fail(opened.error());
  const auto stored = opened->store->at(options.revision);
  if (!stored) return console.fail(stored.error());
  const auto changes = opened->store->changes(stored->commit);
  if (!changes) return console.fail(changes.error());
  const Snapshot& snapshot = stored->snapshot;
  // Documents of an earlier version may not be readable any more; the rest of the snapshot is.
  const auto readable = [](auto decoded) { return decoded ? std::optional(std::move(*decoded)) : std::nullopt; };
  console.results() << render_snapshot(stored->commit, snapshot, readable(decode_plan(snapshot.plan_json, "plan.json")),
                                       readable(decode_report(snapshot.report_json, "report.json")), *changes,
                                       console.result_color());
  console.print(warnings);
  return exit_done;
}

}  // namespace mesh::cli
