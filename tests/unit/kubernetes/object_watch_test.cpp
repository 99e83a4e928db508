#include "providers/kubernetes/object_watch.h"

#include "tests/unit/kubernetes/scripted_server.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using namespace mesh::testing;

class ObjectWatchTest : public ScriptedServer {};

TEST_F(ObjectWatchTest, watches_over_expiry_bookmarks_and_ends) {
  will_answer({{.body = list("", "1")},
               {.body = R"({"type":"BOOKMARK","object":{"kind":"Service","metadata":{"resourceVersion":"3"}}})"
                        "\n"},
               {.body = R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
                        "\n"},
               {.body = list(object("7"), "8")},
               {.status = 410, .body = "{}"},
               {.body = list(object("9"), "9")},
               {.body = R"({"type":"MODIFIED","object":)" + object("10", R"(,"labels":{"ready":"yes"})") + "}\n"}});
  std::vector<std::string> heard;
  const auto done = connect()->wait(
      {.id = service},
      [](const Object* found) -> std::string {
        if (found == nullptr) return "it does not exist";
        return found->body->at("metadata").contains("labels") ? "" : "it is not labelled";
      },
      [&](const std::string& sentence) { heard.push_back(sentence); }, limits(600s));
  ASSERT_TRUE(done.has_value()) << done.error()[0].cause;
  EXPECT_EQ(heard, (std::vector<std::string>{"it does not exist", "it is not labelled"}));
  const auto all = targets();
  ASSERT_EQ(all.size(), 7U);
  EXPECT_NE(all[1].find("resourceVersion=1&"), std::string::npos) << all[1];
  EXPECT_NE(all[2].find("resourceVersion=3&"), std::string::npos) << all[2];
  EXPECT_NE(all[4].find("resourceVersion=8&"), std::string::npos) << all[4];
}

TEST_F(ObjectWatchTest, ends_a_wait_as_soon_as_it_has_failed) {
  will_answer({{.body = list(object("1"), "1")}});
  const auto given_up = connect()->wait(
      {.id = service}, [](const Object*) { return Readiness::failed("no quota"); }, {}, limits(600s));
  ASSERT_FALSE(given_up.has_value());
  EXPECT_EQ(given_up.error()[0].code, Code::not_ready);
  EXPECT_EQ(given_up.error()[0].summary, "controller gave up on the object");
  EXPECT_EQ(given_up.error()[0].cause, "no quota");
}

TEST_F(ObjectWatchTest, of_a_list_the_first_that_failed_ends_it) {
  will_answer({{.body = list(object("1"), "1")},
               {.body = R"({"type":"DELETED","object":)" + object("2", R"(,"labels":{"bad":"yes"})") + "}\n" +
                        R"({"type":"ADDED","object":)" + object("3", R"(,"labels":{"bad":"yes"})") + "}\n"}});
  int judged = 0;
  const auto failed = connect()->wait(
      {.id = {"v1", "Service", "n", ""}, .label_selector = "app=x"},
      [&](const Object* found) {
        ++judged;
        return found->body->at("metadata").contains("labels") ? Readiness::failed("it is bad") : Readiness();
      },
      {}, limits(600s));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error()[0].cause, "it is bad");
  EXPECT_EQ(judged, 2) << "one that is gone is not judged";
  EXPECT_NE(targets().at(1).find("labelSelector=app%3Dx&watch=true"), std::string::npos) << targets().at(1);
}

TEST_F(ObjectWatchTest, does_not_spin_when_watches_end_at_once) {
  script_.clear();
  script_.push_back({.body = list("", "1")});
  for (int i = 0; i < 1000; ++i) script_.push_back({.body = ""});
  const auto client = connect();
  const auto late = client->wait(
      {.id = service}, [](const Object*) { return "not yet"; }, {}, limits(120s));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error()[0].code, Code::not_ready);
  EXPECT_EQ(late.error()[0].cause, "not yet");
  EXPECT_LT(client->requests_sent(), 30U);
}

}  // namespace
}  // namespace mesh::kubernetes
