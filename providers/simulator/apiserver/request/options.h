#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/request/exchange.h"
#include "providers/simulator/apiserver/storage/selectors.h"

namespace mesh::simulator {

/// The query of a list or watch (ListOptions of meta.k8s.io).
struct ReadOptions {
  Selection selection{};
  std::int64_t limit = 0;
  std::string continue_token{};
  std::string version{};
  std::string version_match{};
  bool watch = false;
  bool bookmarks = false;
  std::optional<bool> initial_events{};
  std::optional<std::int64_t> timeout_seconds{};
};

/// Errors: 400 for what cannot be parsed, 422 for what does not fit together.
ApiResult<ReadOptions> read_options(const Exchange& exchange);

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

enum class Propagation { background, foreground, orphan };

/// Query and body of a delete (DeleteOptions).
struct RemoveOptions {
  bool dry_run = false;
  std::optional<Propagation> propagation{};
  std::optional<std::int64_t> grace_seconds{};
  std::string uid{};
  std::string version{};
};

ApiResult<RemoveOptions> remove_options(const Exchange& exchange);

/// A parsed DeleteOptions object, as a body or an Eviction holds it.
ApiResult<RemoveOptions> remove_options(const nlohmann::json& object);

/// The field manager that a User-Agent stands for.
std::string manager_of(const std::string& user_agent);

/// The write that the field layer is told of.
Write write_of(const Exchange& exchange, const WriteOptions& options, const std::string& time);

}  // namespace mesh::simulator
