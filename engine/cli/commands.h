#pragma once

#include "engine/cli/options.h"

namespace mesh::cli {

// One file per command. Each returns its exit code, prints results to env.out and everything else to env.err.

int cmd_init(const Options& options, Env& env);
int cmd_validate(const Options& options, Env& env);
int cmd_check(const Options& options, Env& env);
int cmd_plan(const Options& options, Env& env);
int cmd_apply(const Options& options, Env& env);
int cmd_destroy(const Options& options, Env& env);
int cmd_drift(const Options& options, Env& env);
int cmd_verify(const Options& options, Env& env);
int cmd_rollback(const Options& options, Env& env);
int cmd_unprotect(const Options& options, Env& env);
int cmd_forget(const Options& options, Env& env);
int cmd_lock(const Options& options, Env& env);
int cmd_history(const Options& options, Env& env);
int cmd_show(const Options& options, Env& env);
int cmd_schema(const Options& options, Env& env);
int cmd_version(const Options& options, Env& env);
/// Becomes mesh-sim, the program beside mesh, with these words; returns only when that cannot be started.
int cmd_sim(const std::vector<std::string>& arguments, Env& env);

/// The page of apply and destroy: plans, asks unless --auto-approve is given, carries out.
int plan_and_apply(const char* question, Intent intent, const Options& options, Env& env);

}  // namespace mesh::cli
