#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "engine/workspace/redact_entry.h"
#include "engine/workspace/spdlog_log.h"

namespace mesh {
namespace {

using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

struct SpdlogLogLines : ::testing::Test {
  std::unique_ptr<Log> log(LogLevel level, LogFormat format = LogFormat::text) {
    return make_spdlog_log(
        level, format, [this](std::string_view line) { text += line; }, [] { return std::string("12:00"); });
  }

  std::string text;
};

TEST_F(SpdlogLogLines, have_the_levels_up_to_the_one_that_is_asked_for) {
  for (const auto& [level, expected] : {std::pair{LogLevel::decisions, "12:00 planned n=1\n"},
                                        std::pair{LogLevel::requests, "12:00 planned n=1\n12:00 request n=2\n"}}) {
    text.clear();
    const auto made = log(level);
    made->write(LogLevel::decisions, "planned", {{"n", 1}});
    made->write(LogLevel::requests, "request", {{"n", 2}});
    made->write(LogLevel::headers, "headers", {{"n", 3}});
    EXPECT_EQ(text, expected);
  }
  EXPECT_TRUE(logs(log(LogLevel::headers).get(), LogLevel::headers));
  EXPECT_FALSE(logs(nullptr, LogLevel::decisions));
}

TEST_F(SpdlogLogLines, quote_texts_that_are_no_words) {
  log(LogLevel::decisions)
      ->write(LogLevel::decisions, "planned", {{"reason", "label \"a\" differs"}, {"empty", ""}, {"list", {1, 2}}});
  EXPECT_EQ(text, "12:00 planned reason=\"label \\\"a\\\" differs\" empty=\"\" list=[1,2]\n");
}

TEST_F(SpdlogLogLines, are_json_objects_where_that_is_asked_for) {
  log(LogLevel::requests, LogFormat::json)
      ->write(LogLevel::requests, "request", {{"cluster", "c1"}, {"path", "/a\n\xFF"}, {"status", 200}});
  ASSERT_THAT(text, ::testing::EndsWith("\n"));
  const auto entry = ordered_json::parse(text);
  EXPECT_EQ(entry.at("time"), "12:00");
  EXPECT_EQ(entry.at("message"), "request");
  EXPECT_EQ(entry.at("status"), 200);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(SpdlogLogLines, hold_no_credential_that_a_caller_writes) {
  const std::string jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZXNoIn0.c2lnbmF0dXJl";
  const ordered_json fields = {
      {"text", "Authorization: Bearer " + jwt},
      {"short", "GET / HTTP/1.1\r\nCookie: id=hunter2\r\nAccept: json"},
      {"url", "https://me:hunter2@git.example/state.git"},
      {"pem", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"},
      {"unfinished", "-----BEGIN PRIVATE KEY-----\nhunter2"},
      {"assigned", "token=hunter2"},
      {"headers", {{"Authorization", "Basic hunter2"}, {"set-cookie", "hunter2"}, {"Accept", "application/json"}}},
      {"nested", {{{"Proxy-Authorization", "hunter2"}}, {"bearer " + jwt}}},
      {"client_secret", "hunter2"}};
  for (const LogFormat format : {LogFormat::text, LogFormat::json}) {
    text.clear();
    log(LogLevel::headers, format)->write(LogLevel::decisions, "leaks token=hunter2", fields);
    EXPECT_THAT(text, Not(HasSubstr("hunter2")));
    EXPECT_THAT(text, Not(HasSubstr("eyJ")));
    EXPECT_THAT(text, HasSubstr("application/json"));
    EXPECT_THAT(text, HasSubstr("git.example/state.git"));
    EXPECT_THAT(text, HasSubstr("Accept: json"));
  }
  EXPECT_FALSE(ordered_json::parse(text, nullptr, false).is_discarded());
}

TEST_F(SpdlogLogLines, come_whole_from_many_threads) {
  const auto made = log(LogLevel::requests);
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&] {
        for (int n = 0; n < 50; ++n) made->write(LogLevel::requests, "request", {{"n", 7}});
      });
    }
  }
  std::string expected;
  for (int n = 0; n < 200; ++n) expected += "12:00 request n=7\n";
  EXPECT_EQ(text, expected);
}

}  // namespace
}  // namespace mesh
