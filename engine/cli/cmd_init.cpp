#include <fmt/format.h>
#include <filesystem>

#include "engine/base/shell_word.h"
#include "engine/cli/commands.h"
#include "engine/workspace/init/workspace_init.h"

namespace mesh::cli {
namespace {

InitRequest init_request(const Options& options) {
  InitRequest request{.sources = options.kubeconfigs,
                      .contexts = options.contexts,
                      .out = options.spec_file,
                      .force = options.force,
                      .mesh_name = options.mesh_name,
                      .parallelism = options.parallelism,
                      .log = options.log};
  request.budget = options.timeout.value_or(request.budget);
  return request;
}

std::string counted(std::size_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// What was written, and what to do next. `in_file`: not just printed.
std::string summary(const WrittenSpec& written, const std::string& file, bool in_file) {
  std::string text = fmt::format("{}: mesh {} with {}.\n", in_file ? "Wrote " + file : "Printed a spec", written.mesh,
                                 counted(written.clusters, "cluster"));
  if (written.left_out > 0) {
    text += fmt::format("{} left out: comments at its end say why.\n", counted(written.left_out, "context"));
  }
  if (written.doubts > 0) {
    text += fmt::format("{} with `check:`: decide these first.\n",
                        written.doubts == 1 ? "1 comment begins" : fmt::format("{} comments begin", written.doubts));
  }
  if (!in_file) return text;
  const bool usual = file == Options().spec_file;
  return text + fmt::format("Then: mesh plan{}\n", usual ? std::string() : " -f " + shell_word(file));
}

}  // namespace

int cmd_init(const Options& options, Env& env) {
  Console console = console_of(options, env);
  const auto written = init_spec(init_request(options), env);
  if (!written) return console.fail(written.error());
  if (options.spec_file == "-") console.results() << written->text;
  // /dev/stdout belongs to the spec as well.
  std::error_code error;
  const bool in_file = std::filesystem::is_regular_file(options.spec_file, error);
  (in_file ? console.results() : console.messages()) << summary(*written, options.spec_file, in_file);
  console.print(written->diagnostics);
  return written->incomplete ? exit_incomplete : exit_done;
}

}  // namespace mesh::cli
