#pragma once

#include <string>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/request/exchange.h"

namespace mesh::simulator {

/// The query of a write (Create-, Update-, PatchOptions).
struct WriteOptions {
  bool dry_run = false;
  /// Never empty: the query's, else the User-Agent up to its first slash, else "unknown".
  std::string manager{};
  bool force = false;
  FieldValidation validation = FieldValidation::warn;
};
enum class WriteKind { create, update, patch, apply };
/// Errors: 422 in the name of `CreateOptions.meta.k8s.io` and so on.
ApiResult<WriteOptions> write_options(const Exchange& exchange, WriteKind kind);

/// Nothing when every value is "All"; else the cause of a 422.
std::optional<Cause> dry_run_problem(const nlohmann::json& values);

/// The field manager that a User-Agent stands for.
std::string manager_of(const std::string& user_agent);

/// The write as apimachinery sees it.
Write write_of(const Exchange& exchange, const WriteOptions& options, const std::string& time);

}  // namespace mesh::simulator
