#include "engine/workspace/init/workspace_init.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "engine/jobs/files.h"
#include "engine/jobs/workers.h"
#include "engine/load/check_names.h"
#include "engine/load/load_spec.h"
#include "engine/render/render_spec.h"
#include "engine/workspace/init/find_contexts.h"
#include "engine/workspace/init/propose_spec.h"
#include "engine/workspace/workspace.h"
#include "providers/istio/inspect/inspect_cluster.h"
#include "providers/istio/inspect/read_found_cluster.h"
#include "providers/kubernetes/client_factory.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

/// More would not make anything faster, and each takes a thread.
constexpr int asked_at_once = 1024;

bool is_written(const InitRequest& request) { return request.out != "-"; }

std::filesystem::path out_folder(const InitRequest& request) {
  const auto folder = std::filesystem::path(is_written(request) ? request.out : std::string()).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

/// A device or a pipe is written to, whatever was written to it before.
bool holds_a_file(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  return std::filesystem::exists(status) && !std::filesystem::is_other(status) &&
         !std::filesystem::is_character_file(status) && !std::filesystem::is_fifo(status);
}

Diagnostics wrong_request(const InitRequest& request) {
  if (!request.mesh_name.empty()) {
    if (const auto complaint = check_dns_label(request.mesh_name)) {
      return {{.code = Code::usage,
               .summary = "wrong flag",
               .cause = "--mesh: " + complaint->cause,
               .hint = complaint->hint}};
    }
  }
  if (!is_written(request) || request.force || !holds_a_file(request.out)) return {};
  return {{.code = Code::file_not_writable,
           .at = Position{.file = request.out},
           .summary = "file exists",
           .cause = "`mesh init` does not overwrite a file",
           .hint = "name another with --out, compare with `--out -`, or replace it with --force"}};
}

FoundCluster unreadable(const FoundContext& context, Code code, std::string summary, std::string cause) {
  return {.context = context, .unreadable = {{.code = code, .summary = std::move(summary), .cause = std::move(cause)}}};
}

FoundCluster ask(const ContextOfFile& one, kubernetes::ClientFactory& clients, const InitRequest& request, Env& env) {
  if (env.stop.stop_requested()) {
    return unreadable(one.context, Code::cancelled, "stopped", "reading was stopped before this cluster's turn");
  }
  try {
    ClusterState state{.name = one.access.name};
    auto client = clients.connect(one.access, {}, state.diagnostics);
    if (!client) {
      state.reading = Unreachable{std::move(client.error())};
    } else {
      istio::read_found_cluster(state, **client, {.deadline = env.clock.now() + request.budget, .stop = env.stop});
    }
    return istio::inspect_cluster(state, one.context);
  } catch (const std::exception& e) {
    return unreadable(one.context, Code::internal, "reading failed unexpectedly", e.what());
  }
}

std::vector<FoundCluster> ask_all(const std::vector<ContextOfFile>& contexts, kubernetes::ClientFactory& clients,
                                  const InitRequest& request, Env& env) {
  // One slot per cluster: no two threads write to the same, and all are joined before anyone reads.
  std::vector<FoundCluster> found(contexts.size());
  for_each_index(contexts.size(), request.parallelism > 0 ? request.parallelism : asked_at_once,
                 [&](std::size_t at) { found[at] = ask(contexts[at], clients, request, env); });
  return found;
}

/// A text that mesh itself would refuse must not be written.
Diagnostics not_valid(const std::string& text, const InitRequest& request) {
  const auto spec = load_spec({.name = request.out, .bytes = text, .folder = out_folder(request)}, platform::all());
  if (spec) return {};
  Diagnostics problems = {{.code = Code::internal,
                           .summary = "the proposed spec is not valid",
                           .cause = "this is a bug in mesh; nothing was written",
                           .hint = "report it with the errors below; --context leaves a cluster out"}};
  append(problems, spec.error());
  return problems;
}

Result<void> write(const InitRequest& request, const std::string& text) {
  if (!is_written(request)) return {};
  std::error_code error;
  const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(request.out, error));
  // A link that leads nowhere gets the file that it names, a device stays one.
  if (request.force || (is_there && !holds_a_file(request.out))) return write_file(request.out, text);
  return create_file(request.out, text);
}

WrittenSpec summary_of(const ProposedSpec& proposed, std::string text) {
  WrittenSpec written{.text = std::move(text),
                      .mesh = proposed.proposal.spec.mesh.name,
                      .clusters = proposed.proposal.spec.clusters.size(),
                      .left_out = proposed.proposal.left_out.size(),
                      .incomplete = proposed.incomplete,
                      .diagnostics = proposed.diagnostics};
  for (const auto& [key, remarks] : proposed.proposal.remarks) {
    written.doubts += static_cast<std::size_t>(
        std::count_if(remarks.begin(), remarks.end(), [](const Remark& remark) { return remark.doubt; }));
  }
  return written;
}

}  // namespace

Result<WrittenSpec> init_spec(const InitRequest& request, Env& env) {
  // Before the clusters are asked: that may take a while.
  if (Diagnostics wrong = wrong_request(request); !wrong.empty()) return failure(std::move(wrong));
  auto log = open_log(request.log, env.log_lines, env.clock);
  if (!log) return failure(std::move(log.error()));
  ContextRequest wished{.chosen = request.contexts, .folder = out_folder(request)};
  for (const std::string& source : request.sources) wished.sources.emplace_back(source);
  const auto contexts = find_contexts(wished, kubernetes::process_environment(), kubernetes::file_reader(env.stop));
  if (!contexts) return failure(contexts.error());
  const auto clients = env.client_factory(log->get());
  const std::vector<FoundCluster> found = ask_all(contexts->contexts, *clients, request, env);
  if (env.stop.stop_requested()) return failure(stopped());
  auto proposed = propose_spec(found, request.mesh_name, platform::all());
  if (!proposed) return failure(std::move(proposed.error()));
  const std::string text = render_spec(proposed->proposal);
  if (Diagnostics wrong = not_valid(text, request); !wrong.empty()) return failure(std::move(wrong));
  if (auto done = write(request, text); !done) return failure(std::move(done.error()));
  WrittenSpec written = summary_of(*proposed, text);
  // A kubeconfig that cannot be read hides its clusters.
  written.incomplete = written.incomplete || !contexts->diagnostics.empty();
  written.diagnostics.insert(written.diagnostics.begin(), contexts->diagnostics.begin(), contexts->diagnostics.end());
  return written;
}

}  // namespace mesh
