#include "providers/kubernetes/transport/request_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mesh::kubernetes {
namespace {

using nlohmann::ordered_json;

class MemoryLog final : public Log {
 public:
  explicit MemoryLog(LogLevel level) : level_(level) {}
  LogLevel level() const override { return level_; }
  void write(LogLevel, std::string_view message, const ordered_json& fields) override {
    entries.push_back(std::string(message) + " " + fields.dump());
  }

  std::vector<std::string> entries;

 private:
  const LogLevel level_;
};

struct RequestLog : ::testing::Test {
  std::vector<std::string> logged(LogLevel level, const HttpResult* result) const {
    MemoryLog log(level);
    log_request(&log, {cluster, request, 2, std::chrono::milliseconds(9)}, result);
    return log.entries;
  }

  std::string cluster = "c1";
  HttpRequest request{.method = "PATCH", .target = "/api/v1/x", .headers = {"Accept: json", "Odd"}, .body = "12345"};
  HttpResult answer = HttpResponse{
      .status = 200, .headers = {{"date", "today"}}, .body = "1234567", .took = std::chrono::milliseconds(7)};
};

TEST_F(RequestLog, has_one_entry_a_try) {
  EXPECT_EQ(logged(LogLevel::requests, &answer),
            std::vector<std::string>{R"(request {"cluster":"c1","verb":"PATCH","path":"/api/v1/x","status":200,)"
                                     R"("milliseconds":7,"attempt":2,"bytes_sent":5,"bytes":7})"});
  log_request(nullptr, {cluster, request, 1, {}}, &answer);
  EXPECT_TRUE(logged(LogLevel::decisions, &answer).empty());
}

TEST_F(RequestLog, says_why_there_is_no_answer) {
  const HttpResult failed = tl::unexpected(TransportError{Fault::reset, "connection reset"});
  EXPECT_EQ(logged(LogLevel::requests, &failed),
            std::vector<std::string>{R"(request {"cluster":"c1","verb":"PATCH","path":"/api/v1/x",)"
                                     R"("error":"connection reset","milliseconds":9,"attempt":2,"bytes_sent":5})"});
  EXPECT_TRUE(logged(LogLevel::requests, nullptr).front().starts_with("watch {"));
}

TEST_F(RequestLog, has_headers_at_the_highest_level) {
  const std::string entry = logged(LogLevel::headers, &answer).front();
  EXPECT_NE(entry.find(R"("request_headers":{"Accept":"json","Odd":""})"), std::string::npos) << entry;
  EXPECT_NE(entry.find(R"("response_headers":{"date":"today"})"), std::string::npos) << entry;
}

}  // namespace
}  // namespace mesh::kubernetes
