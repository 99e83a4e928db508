#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/resource.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/shell_word.h"
#include "engine/cli/commands.h"
#include "engine/cli/sim_command.h"
#include "engine/cli/sim_dir.h"
#include "engine/cli/sim_fault.h"
#include "engine/cli/sim_fleet.h"
#include "engine/cli/sim_samples.h"
#include "engine/rehearse/cluster_copy.h"
#include "engine/state/git_store.h"
#include "engine/state/scratch_folder.h"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

/// Every connection of a client is a file, and there may be many clusters.
void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

struct Running {
  std::unique_ptr<SimFolder> folder;
  Spec spec;
  std::unique_ptr<simulator::Fleet> fleet;
};

/// The snapshot that `--world` names, of the state of the spec that `--spec` names.
Result<std::optional<Snapshot>> world_of(const SimOptions& options, Env& env) {
  if (!options.workspace) return std::nullopt;
  const auto spec = read_spec(*options.spec);
  if (!spec) return failure(spec.error());
  const auto store =
      make_git_store(spec->state.repo, spec->mesh.name, spec->state.remote, env.clock, {.stop = env.stop});
  auto stored = store->at(*options.workspace);
  if (!stored) return failure(std::move(stored.error()));
  return std::optional<Snapshot>(std::move(stored->snapshot));
}

/// The revision of every cluster's istiod, or what it would be.
std::vector<std::pair<std::string, std::string>> revisions_of(const simulator::FleetSettings& settings,
                                                              const Spec& spec) {
  std::vector<std::pair<std::string, std::string>> revisions;
  for (const auto& cluster : settings.clusters) {
    revisions.emplace_back(cluster.name, cluster.istio ? cluster.istio->revision : spec.mesh.revision);
  }
  return revisions;
}

Result<Running> start(const SimOptions& options, const fs::path& dir, Env& env) {
  const auto workspace = world_of(options, env);
  if (!workspace) return failure(workspace.error());
  auto spec = simulated_spec(options, *workspace ? std::optional((*workspace)->spec_text) : std::nullopt);
  if (!spec) return failure(std::move(spec.error()));
  auto settings = fleet_settings(options, *spec);
  if (!settings) return failure(std::move(settings.error()));
  const auto revisions = revisions_of(*settings, *spec);
  auto folder = SimFolder::take(dir);
  if (!folder) return failure(std::move(folder.error()));
  settings->logs = dir / "logs";
  allow_many_files();
  auto fleet = simulator::Fleet::start(std::move(*settings), env.clock);
  if (!fleet) return failure(std::move(fleet.error()));
  if (*workspace) {
    auto loaded =
        rehearse::load_copy((*fleet)->simulation(), *spec, rehearse::copy_of(**workspace), env.clock, env.stop);
    if (!loaded) return failure(std::move(loaded.error()));
  }
  if (options.samples) {
    auto added = add_samples((*fleet)->simulation(), revisions, env.clock, env.stop);
    if (!added) return failure(std::move(added.error()));
  }
  if (auto written = (*folder)->write(*spec, **fleet); !written) return failure(std::move(written.error()));
  return Running{std::move(*folder), std::move(*spec), std::move(*fleet)};
}

int up(const Options& options, Env& env) {
  const fs::path dir = sim_dir(options.sim);
  const auto running = start(options.sim, dir, env);
  if (!running) return console_of(options, env).fail(running.error());
  const auto& clusters = running->spec.clusters;
  fmt::print(env.out, "{} simulated cluster{} at {}/clusters/NAME\n", clusters.size(),
             clusters.size() == 1 ? " serves" : "s serve", running->fleet->address());
  fmt::print(env.out, "Kubeconfigs, spec and logs are in {}\n\nTry next, in another terminal:\n\n", dir.string());
  fmt::print(env.out, "  mesh plan -f {0}\n  mesh apply -f {0}\n", shell_word((dir / "mesh.toml").string()));
  if (options.sim.samples) {
    fmt::print(
        env.out,
        "  kubectl --kubeconfig {} exec -n sample deploy/sleep -c sleep -- curl -sS helloworld.sample:5000/hello\n",
        shell_word((dir / (clusters.begin()->first + ".kubeconfig")).string()));
  }
  fmt::print(env.out, "\nCtrl-C ends them.\n");
  env.out.flush();
  while (env.clock.sleep_until(env.clock.now() + std::chrono::hours(1), env.stop)) {
  }
  return exit_done;
}

Diagnostic no_temporary_folder() {
  return {.code = Code::file_not_writable,
          .summary = "folder cannot be made",
          .cause = "no folder for temporary files may be written to",
          .hint = "name one with --dir"};
}

int run_around(const Options& options, Env& env) {
  const SimOptions& sim = options.sim;
  // A folder of its own, unless the user names one. It stays when the command failed: somebody will look for the
  // reason.
  std::optional<ScratchFolder> own;
  if (sim.dir.empty()) own.emplace("mesh-sim");
  if (own && own->path().empty()) return console_of(options, env).fail({no_temporary_folder()});
  const fs::path dir = own ? own->path() : fs::absolute(sim.dir);
  auto running = start(sim, dir, env);
  if (!running) return console_of(options, env).fail(running.error());
  const CommandEnd end = run_command(
      sim.command,
      {{"MESH_TEST_DIR", dir.string()}, {"MESH_TEST_CLUSTERS", std::to_string(running->spec.clusters.size())}},
      env.stop);
  if (!end.started) fmt::print(env.err, "mesh: `{}` cannot be started\n", sim.command.front());
  if (own && end.started && end.code != 0) {
    own->keep();
    fmt::print(env.err, "The simulated clusters' logs are in {}\n", dir.string());
  }
  return end.code;
}

}  // namespace

int cmd_sim(const Options& options, Env& env) {
  switch (options.sim.action) {
    case SimOptions::Action::up:
      return up(options, env);
    case SimOptions::Action::run:
      return run_around(options, env);
    default:
      return sim_fault(options, env);
  }
}

}  // namespace mesh::cli
