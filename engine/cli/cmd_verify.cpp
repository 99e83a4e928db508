#include "engine/cli/commands.h"
#include "engine/codec/verification_codec.h"
#include "engine/render/render_verification.h"
#include "engine/workspace/workspace_verify.h"

namespace mesh::cli {
namespace {

std::string text_of(const Verification& verification, const Options& options, const Console& console) {
  if (options.junit) return encode_verification_junit(verification);
  if (console.json()) return encode_verification(verification);
  return render_verification(verification, console.result_color());
}

}  // namespace

int cmd_verify(const Options& options, Env& env) {
  Console console = console_of(options, env);
  istio::VerifyRequest request{.requests = options.requests, .all = options.all, .images = {}};
  if (!options.image_helloworld.empty()) request.images.helloworld = options.image_helloworld;
  if (!options.image_sleep.empty()) request.images.sleep = options.image_sleep;
  request.ready = options.timeout.value_or(request.ready);
  request.settle = options.timeout.value_or(request.settle);
  if (options.parallelism > 0) request.parallelism = options.parallelism;
  request.probe = options.probe;
  const auto found = verify_workspace(options.spec_file, options.log, std::move(request), console, env);
  if (!found) return console.fail(found.error());
  console.results() << text_of(*found, options, console);
  console.print(found->diagnostics);
  if (!found->passed()) return exit_failed;
  return found->complete() ? exit_done : exit_incomplete;
}

}  // namespace mesh::cli
