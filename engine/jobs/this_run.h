#pragma once

#include <functional>
#include <optional>
#include <string>

namespace mesh {

/// Looks a variable of the environment up; nothing when it is not set.
using LookUpVariable = std::function<std::optional<std::string>(const char* name)>;
/// In the environment of this process; an empty variable counts as not set.
std::optional<std::string> variable_of_process(const char* name);

/// `user@host` of this process.
std::string who_runs();
/// Page of the CI run that this process belongs to, by the variables that the usual systems set: GitHub Actions,
/// GitLab, Jenkins, CircleCI, Buildkite, Azure Pipelines. Empty: none of them.
std::string ci_run_url(const LookUpVariable& variable = variable_of_process);
/// Differs from that of any other run, on any machine.
std::string new_run_id();

}  // namespace mesh
