#include "engine/cli/command_table.h"

#include <CLI/CLI.hpp>
#include <array>

#include "engine/cli/commands.h"

namespace mesh::cli {
namespace {

void spec_flags(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("-f,--file", options.spec_file, "The spec (default: mesh.toml)")->type_name("FILE");
  app.add_flag("--no-color", raw.no_color, "No colours, even on a terminal");
}

void format_flag(CLI::App& app, Raw& raw) {
  app.add_option("--format", raw.format, "text or json")->check(CLI::IsMember({"text", "json"}))->type_name("FORMAT");
}

void log_flags(CLI::App& app, Options& options, Raw& raw) {
  app.add_flag("-v,--verbose", raw.verbosity,
               "Log decisions; -vv: also every request to an API server; -vvv: also its headers, without credentials");
  app.add_option("--log-file", options.log.file, "With -v: append the log to FILE (default: stderr)")
      ->type_name("FILE");
  app.add_option("--log-format", raw.log_format, "With -v: text or json (default: text)")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
}

void cluster_flags(CLI::App& app, Options& options, Raw& raw, const char* timeout_help) {
  spec_flags(app, options, raw);
  format_flag(app, raw);
  app.add_option("--only", options.only, "Only the actions whose address matches a glob: 'dc1', '*/gateway'")
      ->type_name("ADDRESS");
  app.add_option("--exclude", options.exclude, "All but the actions whose address matches a glob")
      ->type_name("ADDRESS");
  app.add_option("--parallelism", options.parallelism, "How many clusters or actions are worked on at once")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  app.add_option("--timeout", raw.timeout, timeout_help)->type_name("DURATION");
  log_flags(app, options, raw);
}

/// One name each, so that a file or a revision may follow.
void name_flag(CLI::App& app, const char* name, std::vector<std::string>& names, const char* help) {
  app.add_option(name, names, help)->type_name("CLUSTER")->allow_extra_args(false);
}

void known_clusters_flags(CLI::App& app, Options& options) {
  name_flag(app, "--accept-new-cluster", options.accepted,
            "The name leads to another cluster than in the last snapshot, and that is right");
  name_flag(app, "--reach", options.reach,
            "Open the kubeconfig of a cluster that is gone from the spec, though only the state repository names it");
}

void guardrail_flags(CLI::App& app, Options& options) {
  app.add_flag("--allow-mass-removal", options.allow_mass_removal,
               "More than half of the clusters may be gone from the spec");
  app.add_option("--allow-changes", options.allowed_changes,
                 "So many actions may write, where [policy] max_changes of the spec allows fewer")
      ->type_name("N");
}

void rollout_flags(CLI::App& app, Options& options) {
  app.add_option("--max-failures", options.max_failures, "Start nothing new once N actions have failed")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  app.add_option("--batch", options.batch,
                 "Change the gateways of at most N clusters at a time, each healthy before the next")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
}

constexpr const char* read_timeout_help = "How long one cluster may take to answer: 15s, 2m (default: 15s)";
constexpr const char* action_timeout_help =
    "How long one action may take, each request with all its tries, until it is ready: 90s, 5m (default: 5m); and one "
    "cluster to answer, where that is more than 15s";

void setup_init(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("kubeconfig", options.kubeconfigs,
                 "Kubeconfigs, or folders with kubeconfigs (default: $KUBECONFIG, else ~/.kube/config)")
      ->type_name("KUBECONFIG");
  // One name each, so that kubeconfigs may follow.
  app.add_option("--context", options.contexts,
                 "Only the contexts that match a glob: 'prod-*'; may be given several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("-o,--out,-f,--file", options.spec_file, "The spec to write; `-`: print it (default: mesh.toml)")
      ->type_name("FILE");
  app.add_flag("--force", options.force, "Replace the file if it exists");
  app.add_option("--mesh", options.mesh_name, "What the mesh is called (default: by what the clusters say)")
      ->type_name("NAME");
  app.add_option("--parallelism", options.parallelism, "How many clusters are asked at once (default: all)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  app.add_option("--timeout", raw.timeout, read_timeout_help)->type_name("DURATION");
  app.add_flag("--no-color", raw.no_color, "No colours, even on a terminal");
  log_flags(app, options, raw);
}

void skip_check_flag(CLI::App& app, Options& options) {
  // One id each, so that a plan file may follow.
  app.add_option("--skip-check", options.skip_checks, "Leave a check out; may be given several times")
      ->type_name("ID")
      ->allow_extra_args(false);
}

void setup_check(CLI::App& app, Options& options, Raw& raw) {
  cluster_flags(app, options, raw, read_timeout_help);
  app.add_flag(
      "--effective", options.effective,
      "Also show, for every cluster and peer, whether what is applied is in effect in every istiod: its clusters, "
      "endpoints and gateways. Needs the right to run commands in istiod's pods");
  app.add_flag("--list", options.list_checks, "Print the checks instead: id, severity, what each looks at");
  skip_check_flag(app, options);
}

void setup_plan(CLI::App& app, Options& options, Raw& raw) {
  cluster_flags(app, options, raw, read_timeout_help);
  skip_check_flag(app, options);
  known_clusters_flags(app, options);
  guardrail_flags(app, options);
  app.add_option("--out", options.plan_out, "Save the plan for `mesh apply FILE`")->type_name("FILE");
  app.add_flag("--destroy", options.destroy, "Plan what `mesh destroy` does");
  app.add_flag("--detailed-exitcode", options.detailed_exit_code, "Exit 2 when there is something to do");
  app.add_flag(
      "--rehearse", options.rehearse,
      "Carry the plan out on simulated copies of the clusters, and report which paths break on the way. Exit 1 "
      "when an action fails there or a second plan is not empty; paths that break do not change the exit code");
}

void writing_flags(CLI::App& app, Options& options, Raw& raw) {
  cluster_flags(app, options, raw, action_timeout_help);
  app.add_option("--lock-timeout", raw.lock_timeout,
                 "How long to wait for clusters that another run has locked (default: 0s)")
      ->type_name("DURATION");
  known_clusters_flags(app, options);
  guardrail_flags(app, options);
  rollout_flags(app, options);
  app.add_flag("--auto-approve", options.auto_approve, "Do not ask");
}

void setup_apply(CLI::App& app, Options& options, Raw& raw) {
  writing_flags(app, options, raw);
  app.add_option("planfile", options.plan_file, "A plan saved by `mesh plan --out`")->type_name("PLANFILE");
  skip_check_flag(app, options);
  app.add_option("--digest", options.digest, "With PLANFILE: apply it only if `mesh plan` printed this digest of it")
      ->type_name("sha256:HEX");
  app.add_flag("--skip-moved", options.skip_moved,
               "With PLANFILE: carry out the rest when some objects changed since the plan");
}

void setup_destroy(CLI::App& app, Options& options, Raw& raw) { writing_flags(app, options, raw); }

void setup_drift(CLI::App& app, Options& options, Raw& raw) {
  cluster_flags(app, options, raw, read_timeout_help);
  known_clusters_flags(app, options);
}

void revision_argument(CLI::App& app, Options& options) {
  app.add_option("rev", options.revision, "Commit, its beginning, or HEAD~N")->required()->type_name("REV");
}

void setup_rollback(CLI::App& app, Options& options, Raw& raw) {
  writing_flags(app, options, raw);
  skip_check_flag(app, options);
  revision_argument(app, options);
}

void setup_history(CLI::App& app, Options& options, Raw& raw) {
  spec_flags(app, options, raw);
  format_flag(app, raw);
  app.add_option("--limit", options.limit, "Only the newest N")->check(CLI::Range(1, 1000000))->type_name("N");
}

void setup_lock(CLI::App& app, Options& options, Raw& raw) {
  spec_flags(app, options, raw);
  app.add_option("action", options.lock_action, "list, or release")
      ->required()
      ->check(CLI::IsMember({"list", "release"}))
      ->type_name("list|release");
  app.add_option("cluster", options.clusters, "With release: the clusters whose locks are taken from their holders")
      ->type_name("CLUSTER");
  app.add_flag("--auto-approve", options.auto_approve, "With release: do not ask");
  app.add_option("--timeout", raw.timeout, read_timeout_help)->type_name("DURATION");
}

void setup_state_edit(CLI::App& app, Options& options, Raw& raw) {
  spec_flags(app, options, raw);
  app.add_option("cluster", options.cluster, "Its name in the last snapshot")->required()->type_name("CLUSTER");
}

void setup_verify(CLI::App& app, Options& options, Raw& raw) {
  spec_flags(app, options, raw);
  app.add_option("--format", raw.format, "text, json or junit")
      ->check(CLI::IsMember({"text", "json", "junit"}))
      ->type_name("FORMAT");
  app.add_option("--requests", options.requests,
                 "Calls from each cluster; more while a version is missing (default: 20)")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_flag("--probe", options.probe,
               "Start nothing: dial each gateway from here, and show which certificate comes from an injected Service "
               "behind it");
  app.add_flag("--all", options.all, "Every cluster of the spec; without it, of more than 8 clusters a sample");
  app.add_option("--image-helloworld", options.image_helloworld,
                 "Image of HelloWorld; `{version}` in it becomes v1 or v2 "
                 "(default: docker.io/istio/examples-helloworld-{version}:1.0)")
      ->type_name("IMAGE");
  app.add_option("--image-sleep", options.image_sleep,
                 "Image of the caller, with curl and /bin/sleep (default: docker.io/curlimages/curl:8.16.0)")
      ->type_name("IMAGE");
  app.add_option("--parallelism", options.parallelism, "How many clusters are worked on at once (default: 32)")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  app.add_option("--timeout", raw.timeout,
                 "How long the workloads may take to be ready (default: 2m), and then every version to answer "
                 "(default: 30s)")
      ->type_name("DURATION");
  log_flags(app, options, raw);
}

void setup_show(CLI::App& app, Options& options, Raw& raw) {
  spec_flags(app, options, raw);
  revision_argument(app, options);
}

void setup_schema(CLI::App& app, Options& options, Raw&) {
  app.add_option("name", options.schema, "mesh, plan, report, drift, check, verify or history (default: mesh)")
      ->check(CLI::IsMember({"mesh", "plan", "report", "drift", "check", "verify", "history"}))
      ->type_name("NAME");
}

/// Both for the list of commands: mesh-sim reads its flags itself.
void setup_sim(CLI::App&, Options&, Raw&) {}
int start_sim(const Options&, Env& env) { return cmd_sim({}, env); }

void setup_version(CLI::App& app, Options&, Raw& raw) { format_flag(app, raw); }

constexpr auto commands = std::to_array<Command>({
    {"init", "Write a spec for the clusters of kubeconfigs, by looking at them", cmd_init, setup_init},
    {"validate", "Check the spec alone, offline", cmd_validate, spec_flags},
    {"check", "Check the live clusters: reach, rights, control planes, identity, networks, gateways", cmd_check,
     setup_check},
    {"plan", "Read the clusters and show what apply would do", cmd_plan, setup_plan},
    {"apply", "Carry out a saved plan, or plan, ask and apply", cmd_apply, setup_apply},
    {"drift", "Show what differs from the last applied state, and who changed it", cmd_drift, setup_drift},
    {"verify", "Start HelloWorld and Sleep in the clusters and show who answers whom", cmd_verify, setup_verify},
    {"destroy", "Remove everything mesh created, in reverse order", cmd_destroy, setup_destroy},
    {"rollback", "Plan back to the spec of a snapshot, ask and apply", cmd_rollback, setup_rollback},
    {"lock", "Show which runs have locked the clusters, or release their locks", cmd_lock, setup_lock},
    {"history", "List the snapshots", cmd_history, setup_history},
    {"show", "Show one snapshot, and what it changed", cmd_show, setup_show},
    {"unprotect", "End the protection of a cluster that the spec does not protect any more", cmd_unprotect,
     setup_state_edit},
    {"forget", "Forget a cluster that is gone from the spec and cannot be cleaned any more", cmd_forget,
     setup_state_edit},
    {"sim", "Simulated clusters on this machine, for trying and testing", start_sim, setup_sim},
    {"schema", "Print the JSON Schema of the spec or of a document", cmd_schema, setup_schema},
    {"version", "Print version and build facts", cmd_version, setup_version},
});

}  // namespace

std::span<const Command> command_table() { return commands; }

}  // namespace mesh::cli
