#include "engine/cli/options.h"

#include <algorithm>

namespace mesh::cli {
namespace {

WorkspaceRequest request_of(const Options& options, Intent intent) {
  return {.spec_file = options.spec_file,
          .intent = intent,
          .only = options.only,
          .exclude = options.exclude,
          .accepted = {options.accepted.begin(), options.accepted.end()},
          .reach = {options.reach.begin(), options.reach.end()},
          .allow_mass_removal = options.allow_mass_removal,
          .allowed_changes = options.allowed_changes,
          .parallelism = options.parallelism,
          .max_failures = options.max_failures,
          .batch = options.batch,
          .log = options.log};
}

}  // namespace

Console console_of(const Options& options, Env& env) {
  return {env.out,
          env.err,
          {.format = options.format,
           .out_color = options.out_color,
           .err_color = options.err_color,
           .spec_file = options.spec_file}};
}

WorkspaceRequest reading_request(const Options& options) {
  WorkspaceRequest request = request_of(options, Intent::apply);
  request.budgets.read = options.timeout.value_or(request.budgets.read);
  request.budgets.remote = std::min(request.budgets.remote, options.timeout.value_or(request.budgets.remote));
  return request;
}

WorkspaceRequest writing_request(const Options& options, Intent intent) {
  WorkspaceRequest request = request_of(options, intent);
  request.lock_timeout = options.lock_timeout;
  request.budgets.ready = options.timeout.value_or(request.budgets.ready);
  request.budgets.read = std::max(request.budgets.read, options.timeout.value_or(request.budgets.read));
  request.budgets.remote = std::min(request.budgets.remote, options.timeout.value_or(request.budgets.remote));
  return request;
}

}  // namespace mesh::cli
