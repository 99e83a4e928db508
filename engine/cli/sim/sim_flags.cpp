#include "engine/cli/sim/sim_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "providers/simulator/faults/fault.h"

namespace mesh::cli {
namespace {

void sim_dir_flag(CLI::App& app, SimOptions& options) {
  app.add_option("--dir", options.dir, "Folder of kubeconfigs, spec, logs (up: mesh-sim; run: a temporary one)")
      ->type_name("DIR");
}

void sim_fleet_flags(CLI::App& app, SimOptions& sim) {
  app.add_option("--clusters", sim.clusters, "How many: c1, c2, … (default: 3)")
      ->check(CLI::Range(1, 1000))
      ->type_name("N");
  app.add_option("--platform", sim.platforms, "Platforms of c1, c2, … in turn")->type_name("NAME");
  app.add_option("--spec", sim.spec, "Simulate the clusters of this spec instead")->type_name("FILE");
  app.add_option("--world", sim.snapshot, "With --spec: begin as the snapshot of that revision left the clusters")
      ->type_name("REV");
  sim_dir_flag(app, sim);
  app.add_option("--listen", sim.listen, "Address and port (default: 127.0.0.1 and one that is free)")
      ->type_name("ADDR:PORT");
  app.add_option("--faults", sim.faults_file, "Faults that are on from the start")->type_name("FILE");
  app.add_option("--istiod", sim.istiod, "Revision of every istiod, or none (default: the spec's, else asm-1233-2)")
      ->type_name("REV");
  app.add_option("--cluster-id-prefix", sim.cluster_id_prefix, "Cluster ids: this and the name")->type_name("TEXT");
  app.add_option("--lb", sim.load_balancers, "Addresses of load balancers: ip, hostname, none; of one: c2=none")
      ->type_name("KIND");
  app.add_option("--delay", sim.delays, "How long a part takes: load_balancer=2s, pod_ready, sync, …")
      ->type_name("WHAT=TIME");
  app.add_flag("--samples", sim.samples, "With Istio's HelloWorld and Sleep in every cluster, to see traffic");
  app.add_option("--seed", sim.seed, "Of everything that is drawn by lot (default: 1)")->type_name("N");
}

}  // namespace

void sim_flags(CLI::App& app, SimOptions& sim) {
  using Action = SimOptions::Action;
  app.require_subcommand(1);
  const auto chosen = [&sim](CLI::App* sub, Action action) { sub->callback([&sim, action] { sim.action = action; }); };
  CLI::App* up = app.add_subcommand("up", "Serve simulated clusters until stopped");
  sim_fleet_flags(*up, sim);
  chosen(up, Action::up);
  CLI::App* around = app.add_subcommand("run", "Serve simulated clusters around a command: … -- COMMAND");
  sim_fleet_flags(*around, sim);
  chosen(around, Action::run);
  CLI::App* fault = app.add_subcommand("fault", "Break running simulated clusters on purpose");
  fault->require_subcommand(1);
  CLI::App* list = fault->add_subcommand("list", "What is broken now");
  CLI::App* add = fault->add_subcommand("add", "Break something: kind=slow cluster=c2 delay=2s");
  CLI::App* clear = fault->add_subcommand("clear", "End one fault, or all");
  for (CLI::App* sub : {list, add, clear}) sim_dir_flag(*sub, sim);
  add->add_option("words", sim.words,
                  fmt::format("kind, cluster, verb, resource, namespace, name, user_agent, delay, probability, skip, "
                              "count, after, for, message, id. Kinds: {}",
                              fmt::join(simulator::fault_words(), ", ")))
      ->required()
      ->type_name("KEY=VALUE");
  clear->add_option("ids", sim.words, "As `list` shows them")->type_name("ID");
  chosen(list, Action::fault_list);
  chosen(add, Action::fault_add);
  chosen(clear, Action::fault_clear);
}

std::optional<std::string> misuse_of(const SimOptions& options) {
  if (options.action == SimOptions::Action::run && options.command.empty()) {
    return "name the command to run after `--`";
  }
  if (options.snapshot && !options.spec) return "--world needs --spec: it names the state repository";
  if (options.snapshot && options.istiod == "none") {
    return "--world does not go with --istiod none: what a snapshot holds needs Istio's kinds and namespace";
  }
  if (!options.spec) return std::nullopt;
  for (const auto& [flag, given] : {std::pair{"--platform", !options.platforms.empty()},
                                    {"--clusters", options.clusters.has_value()},
                                    {"--cluster-id-prefix", options.cluster_id_prefix.has_value()}}) {
    if (given) return fmt::format("{} does not go with --spec: the spec names the clusters", flag);
  }
  return std::nullopt;
}

}  // namespace mesh::cli
