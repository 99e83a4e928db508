#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace mesh::simulator {

/// Why the API server refuses, as a Status says it.
struct ApiError {
  int code = 500;
  /// "Invalid", "Conflict" …; empty as in answers that name none.
  std::string reason;
  std::string message;
  /// {"name", "group", "kind", "uid", "causes"} or null.
  nlohmann::json details = nullptr;
  bool operator==(const ApiError&) const = default;
};

template <class T>
using ApiResult = tl::expected<T, ApiError>;

/// One entry of details.causes.
struct Cause {
  std::string reason;
  std::string message;
  std::string field;
  bool operator==(const Cause&) const = default;
};

/// The kind: Status object of a failure.
nlohmann::json to_status(const ApiError& error);

ApiError bad_request(std::string message);
/// 500 as for a failure inside the server.
ApiError internal_error(std::string message);
/// 422: `Deployment.apps "web" is invalid: …` with one cause per problem, in order.
ApiError invalid(const std::string& group, const std::string& kind, const std::string& name,
                 const std::vector<Cause>& causes);
/// 409: `Operation cannot be fulfilled on deployments.apps "web": WHY`.
ApiError conflict(const std::string& group, const std::string& resource, const std::string& name,
                  const std::string& why);

}  // namespace mesh::simulator
