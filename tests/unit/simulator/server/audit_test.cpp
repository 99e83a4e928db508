#include "providers/simulator/server/audit.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace mesh::simulator {
namespace {

using nlohmann::json;

IncomingRequest request(const std::string& method, const std::string& target, const std::string& token) {
  return incoming(target,
                  {.method = method,
                   .path = {},
                   .headers = {{"user-agent", "mesh/0.1.0"}, {"authorization", "Bearer " + token}},
                   .remote_address = "127.0.0.1"},
                  std::chrono::system_clock::time_point(std::chrono::microseconds(1795353600000042)));
}

TEST(Audit, says_what_the_real_log_says) {
  const IncomingRequest patch =
      request("PATCH", "/clusters/c1/apis/apps/v1/namespaces/a/deployments/b?force=true", "x");
  const auto line = json::parse(
      audit_line(patch, "alice", 201, 77, RequestHandler::Progress::complete, patch.at + std::chrono::milliseconds(5)));
  EXPECT_EQ(line.at("kind"), "Event");
  EXPECT_EQ(line.at("verb"), "patch");
  EXPECT_EQ(line.at("stage"), "ResponseComplete");
  EXPECT_EQ(line.at("requestURI"), "/apis/apps/v1/namespaces/a/deployments/b?force=true");
  EXPECT_EQ(line.at("userAgent"), "mesh/0.1.0");
  EXPECT_EQ(line.at("user").at("username"), "alice");
  EXPECT_EQ(line.at("responseStatus").at("code"), 201);
  const json object = {
      {"resource", "deployments"}, {"namespace", "a"}, {"name", "b"}, {"apiGroup", "apps"}, {"apiVersion", "v1"}};
  EXPECT_EQ(line.at("objectRef"), object);
  EXPECT_EQ(line.at("requestReceivedTimestamp"), "2026-11-22T13:20:00.000042Z");
  EXPECT_EQ(line.at("stageTimestamp"), "2026-11-22T13:20:00.005042Z");
  EXPECT_EQ(line.at("annotations").at("simulator.bytes"), "77");
}

TEST(Audit, holds_no_token) {
  const std::string line =
      audit_line(request("GET", "/clusters/c1/api", "very-secret"), "", 200, 0, RequestHandler::Progress::complete, {});
  EXPECT_EQ(line.find("very-secret"), std::string::npos);
}

TEST(Audit, names_who_asks) {
  const auto user = [](const std::string& token) { return claimed_user(request("GET", "/", token).request, "admin"); };
  EXPECT_EQ(user("admin"), "kubernetes-admin");
  // {"sub":"system:serviceaccount:a:b"}
  EXPECT_EQ(user("e30.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.x"), "system:serviceaccount:a:b");
  EXPECT_EQ(user("nonsense"), "");
  EXPECT_EQ(user("a.b.c"), "");
  EXPECT_EQ(claimed_user({}, "admin"), "system:anonymous");
}

TEST(Audit, each_cluster_has_its_file) {
  const auto folder = std::filesystem::temp_directory_path() / ("sim-audit-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    AuditLog log(folder);
    log.write("c1", "one\n");
    log.write("c2", "two\n");
    log.write("c1", "three\n");
  }
  std::ifstream file(folder / "c1.audit.log");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "one\nthree\n");
  std::filesystem::remove_all(folder);
}

TEST(Audit, keeps_a_file_and_the_one_before) {
  const auto folder = std::filesystem::temp_directory_path() / ("sim-audit-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  {
    AuditLog log(folder, 9);
    for (const char* line : {"one\n", "two\n", "three\n", "four\n", "a line longer than a file\n", "five\n"}) {
      log.write("c1", line);
    }
  }
  const auto text = [&](const char* name) {
    std::ifstream file(folder / name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(text("c1.audit.log"), "five\n");
  EXPECT_EQ(text("c1.audit.log.1"), "a line longer than a file\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 2);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mesh::simulator
