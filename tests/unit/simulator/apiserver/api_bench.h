#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "providers/simulator/apiserver/api_server.h"
#include "tests/support/fake_clock.h"

namespace mesh::testing {

inline constexpr const char* admin_token = "administrator";
inline constexpr const char* apply_type = "application/apply-patch+yaml";
inline constexpr const char* merge_type = "application/merge-patch+json";
inline constexpr const char* json_patch_type = "application/json-patch+json";

/// An answer, taken apart.
struct Got {
  int status = 0;
  nlohmann::json body;
  std::string text;
  simulator::ApiResponse response;

  std::string message() const { return body.is_object() ? body.value("message", "") : text; }
  std::string reason() const { return body.is_object() ? body.value("reason", "") : ""; }
  std::string version() const { return body["metadata"].value("resourceVersion", ""); }
};

/// A test with one API server of its own, and a log of its changes and audit.
class ApiBench : public ::testing::Test {
 protected:
  ApiBench();

  /// As the administrator; `target` with its query encoded. A string body is sent as it is.
  Got send(const std::string& method, const std::string& target, const nlohmann::json& body = nullptr,
           const std::string& content_type = "application/json", std::map<std::string, std::string> headers = {});
  Got get(const std::string& target, const std::string& accept = "application/json");
  Got apply(const std::string& target, const nlohmann::json& body);
  /// Fails the test unless it is a success.
  nlohmann::json must(const Got& got);

  /// A ConfigMap in `default`, and its path.
  nlohmann::json make_map(const std::string& name, nlohmann::json metadata = nlohmann::json::object());
  static std::string map_path(const std::string& name = "");

  /// The events that a watch has now: "TYPE name".
  static std::vector<std::string> events(simulator::EventStream& stream);
  static std::vector<nlohmann::json> raw_events(simulator::EventStream& stream);

  FakeClock clock_;
  std::vector<simulator::AuditEntry> audit_;
  std::vector<std::string> changes_;
  simulator::ApiServer api_;
};

/// Names of a list's items.
std::vector<std::string> names_of(const nlohmann::json& list);

}  // namespace mesh::testing
