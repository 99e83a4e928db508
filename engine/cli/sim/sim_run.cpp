#include "engine/cli/sim/sim_run.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/shell_word.h"
#include "engine/cli/sim/sim_command.h"
#include "engine/cli/sim/sim_dir.h"
#include "engine/cli/sim/sim_fault.h"
#include "engine/cli/sim/sim_flags.h"
#include "engine/cli/sim/sim_fleet.h"
#include "engine/cli/sim/sim_samples.h"
#include "engine/cli/sim/sim_spec.h"
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
Result<std::optional<Snapshot>> snapshot_of(const SimOptions& options, SimEnv& env) {
  if (!options.snapshot) return std::nullopt;
  const auto spec = spec_of_file(*options.spec);
  if (!spec) return failure(spec.error());
  const auto store =
      make_git_store(spec->state.repo, spec->mesh.name, spec->state.remote, env.clock, {.stop = env.stop});
  auto stored = store->at(*options.snapshot);
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

Result<Running> start(const SimOptions& options, const fs::path& dir, SimEnv& env) {
  const auto snapshot = snapshot_of(options, env);
  if (!snapshot) return failure(snapshot.error());
  auto spec = simulated_spec(options, *snapshot ? std::optional((*snapshot)->spec_text) : std::nullopt);
  if (!spec) return failure(std::move(spec.error()));
  auto settings = fleet_settings(options, *spec);
  if (!settings) return failure(std::move(settings.error()));
  const auto revisions = revisions_of(*settings, *spec);
  auto folder = SimFolder::take(dir);
  if (!folder) return failure(std::move(folder.error()));
  settings->logs = dir / "logs";
  allow_many_files();
  auto fleet = simulator::Fleet::start(*settings, env.clock);
  if (!fleet) return failure(std::move(fleet.error()));
  if (*snapshot) {
    auto loaded =
        rehearse::load_copy((*fleet)->simulation(), *spec, rehearse::copy_of(**snapshot), env.clock, env.stop);
    if (!loaded) return failure(std::move(loaded.error()));
  }
  if (options.samples) {
    auto added = add_samples((*fleet)->simulation(), revisions, env.clock, env.stop);
    if (!added) return failure(std::move(added.error()));
  }
  if (auto written = (*folder)->write(*spec, **fleet); !written) return failure(std::move(written.error()));
  return Running{std::move(*folder), std::move(*spec), std::move(*fleet)};
}

int up(const SimOptions& options, SimEnv& env) {
  const fs::path dir = sim_dir(options);
  const auto running = start(options, dir, env);
  if (!running) return sim_fail(running.error(), env);
  const auto& clusters = running->spec.clusters;
  fmt::print(env.out, "{} simulated cluster{} at {}/clusters/NAME\n", clusters.size(),
             clusters.size() == 1 ? " serves" : "s serve", running->fleet->address());
  fmt::print(env.out, "Kubeconfigs, spec and logs are in {}\n\nTry next, in another terminal:\n\n", dir.string());
  fmt::print(env.out, "  mesh plan -f {0}\n  mesh apply -f {0}\n", shell_word((dir / "mesh.toml").string()));
  if (options.samples) {
    fmt::print(
        env.out,
        "  kubectl --kubeconfig {} exec -n sample deploy/sleep -c sleep -- curl -sS helloworld.sample:5000/hello\n",
        shell_word((dir / (clusters.begin()->first + ".kubeconfig")).string()));
  }
  fmt::print(env.out, "\nCtrl-C ends them.\n");
  env.out.flush();
  while (env.clock.sleep_until(env.clock.now() + std::chrono::hours(1), env.stop)) {
  }
  return sim_done;
}

Diagnostic no_temporary_folder() {
  return {.code = Code::file_not_writable,
          .summary = "folder cannot be created",
          .cause = "no folder for temporary files may be written to",
          .hint = "name one with --dir"};
}

int run_around(const SimOptions& sim, SimEnv& env) {
  // A folder of its own, unless the user names one. It stays when the command failed: its logs may show the reason.
  std::optional<ScratchFolder> own;
  if (sim.dir.empty()) own.emplace("mesh-sim");
  if (own && own->path().empty()) return sim_fail({no_temporary_folder()}, env);
  const fs::path dir = own ? own->path() : fs::absolute(sim.dir);
  auto running = start(sim, dir, env);
  if (!running) return sim_fail(running.error(), env);
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

/// The words after the first `--`, which belong to another program; they are taken out.
std::vector<std::string> cut_command(std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

int wrong_usage(SimEnv& env, const std::string& what) {
  fmt::print(env.err, "mesh: {}\nSee `{} --help`.\n", what, env.program);
  return sim_usage;
}

int perform(const SimOptions& options, SimEnv& env) {
  switch (options.action) {
    case SimOptions::Action::up:
      return up(options, env);
    case SimOptions::Action::run:
      return run_around(options, env);
    default:
      return sim_fault(options, env);
  }
}

}  // namespace

int run_sim(const std::vector<std::string>& arguments, SimEnv& env) {
  CLI::App app("Simulated clusters on this machine, for trying and testing", env.program);
  SimOptions options;
  sim_flags(app, options);
  std::vector<std::string> words = arguments;
  if (!words.empty() && words.front() == "run") options.command = cut_command(words);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    // The help of the command that was meant: `mesh sim fault add`.
    env.out << app.help();
    return sim_done;
  } catch (const CLI::ParseError& error) {
    return wrong_usage(env, error.what());
  }
  if (const auto problem = misuse_of(options)) return wrong_usage(env, *problem);
  return perform(options, env);
}

}  // namespace mesh::cli
