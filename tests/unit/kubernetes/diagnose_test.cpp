// What an answer means: Status, retries, and the words for people.
#include <gtest/gtest.h>

#include "providers/kubernetes/diagnose.h"
#include "providers/kubernetes/status.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;

struct AnswerCase {
  const char* name;
  int status;
  const char* body;
  Code code;
  bool repeated;
  /// Must occur in the cause.
  const char* words;
};
void PrintTo(const AnswerCase& row, std::ostream* out) { *out << row.name; }

class DiagnoseAnswer : public testing::TestWithParam<AnswerCase> {};

Attempt service() {
  return {.cluster = "dc1", .server = "https://a:6443", .verb = "apply", .id = {"v1", "Service", "n", "s"}};
}

TEST_P(DiagnoseAnswer, means) {
  const AnswerCase& row = GetParam();
  const HttpResponse answer{.status = row.status, .body = row.body};
  const Diagnostic why = diagnose(answer, service());
  EXPECT_EQ(why.code, row.code) << why.cause;
  EXPECT_EQ(why.where, "cluster dc1: Service n/s");
  EXPECT_NE(why.cause.find(row.words), std::string::npos) << why.cause;
  EXPECT_EQ(retry_of(answer, {}).has_value(), row.repeated);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DiagnoseAnswer,
    testing::Values(
        AnswerCase{"unauthorized", 401, R"({"kind":"Status","reason":"Unauthorized"})", Code::unauthorized, false,
                   "401"},
        AnswerCase{
            "forbidden", 403,
            R"({"kind":"Status","reason":"Forbidden","message":"services \"s\" is forbidden: User \"u\" cannot patch"})",
            Code::forbidden, false, "User \"u\" cannot patch"},
        AnswerCase{"not_found", 404, R"({"kind":"Status","reason":"NotFound","message":"services \"s\" not found"})",
                   Code::not_found, false, "services \"s\" not found"},
        AnswerCase{"not_served", 404, "404 page not found\n", Code::not_served, false, "v1 Service"},
        AnswerCase{"changed", 409, R"({"kind":"Status","reason":"Conflict","message":"the object has been modified"})",
                   Code::conflict, false, "the object has been modified"},
        AnswerCase{"fields", 409, R"({"kind":"Status","reason":"Conflict","details":{"causes":[
          {"reason":"FieldManagerConflict","message":"conflict with \"istio-operator\" using v1","field":".spec.type"}]}})",
                   Code::field_conflict, false, "istio-operator holds .spec.type"},
        AnswerCase{"recreated", 422, R"({"kind":"Status","reason":"Invalid","message":"m","details":{"causes":[
          {"reason":"FieldValueInvalid","message":"field is immutable","field":"metadata.uid"}]}})",
                   Code::conflict, false, "its uid has changed"},
        AnswerCase{"invalid", 422,
                   R"({"kind":"Status","reason":"Invalid","message":"spec.selector: immutable","details":
          {"causes":[{"field":"spec.selector"}]}})",
                   Code::rejected, false, "spec.selector: immutable"},
        AnswerCase{
            "unknown_field", 500,
            R"({"kind":"Status","message":"failed to create typed patch object (x): .a: field not declared in schema"})",
            Code::rejected, false, ".a: field not declared in schema"},
        AnswerCase{"wrong_type", 500,
                   R"({"kind":"Status","message":"failed to create typed patch object (x): .a: expected string"})",
                   Code::rejected, false, "expected string"},
        AnswerCase{"etcd", 500, R"({"kind":"Status","message":"etcdserver: request timed out"})", Code::server_error,
                   true, "etcdserver"},
        AnswerCase{"busy", 429, "", Code::too_many_requests, true, "429"},
        AnswerCase{"bad_gateway", 502, "<html>proxy</html>", Code::server_error, true, "502"},
        AnswerCase{"unavailable", 503, "", Code::server_error, true, "503"},
        AnswerCase{"gateway_timeout", 504, "", Code::server_error, true, "504"},
        AnswerCase{"not_implemented", 501, "", Code::server_error, false, "501"},
        AnswerCase{"html", 400, "<html>token=abc</html>", Code::malformed_answer, false, "400 with 22 bytes"},
        AnswerCase{"redirect", 302, "", Code::malformed_answer, false, "a redirect"}),
    [](const auto& row) { return row.param.name; });

TEST(Diagnose, never_quote_a_secret) {
  Attempt secret = service();
  secret.id.kind = "Secret";
  const HttpResponse answer{.status = 422, .body = R"({"kind":"Status","reason":"Invalid",
    "message":"data[k]: Invalid value: \"hush\"","details":{"causes":[{"field":"data[k]","message":"Invalid value: \"hush\""}]}})"};
  const Diagnostic why = diagnose(answer, secret);
  EXPECT_EQ((why.cause + why.hint).find("hush"), std::string::npos) << why.cause;
  EXPECT_NE(why.cause.find("data[k]"), std::string::npos);
}

TEST(Diagnose, name_the_webhook_that_refused_and_nothing_else_of_a_secret) {
  Attempt secret = service();
  secret.id.kind = "Secret";
  const std::string said = R"(admission webhook \"policy.example\" denied the request: data hush is weak)";
  for (const int status : {400, 403, 422, 500}) {
    const HttpResponse answer{.status = status,
                              .body = R"({"kind":"Status","reason":"BadRequest","message":")" + said + "\"}"};
    const Diagnostic why = diagnose(answer, secret);
    EXPECT_NE(why.cause.find("admission webhook \"policy.example\" denied the request"), std::string::npos) << status;
    EXPECT_EQ((why.cause + why.hint).find("hush"), std::string::npos) << why.cause;
    const Diagnostic open = diagnose(answer, service());
    EXPECT_NE(open.cause.find("hush"), std::string::npos) << open.cause;
    if (status == 500) continue;
    EXPECT_EQ(why.code, Code::rejected) << status;
    for (const std::string& hint : {why.hint, open.hint}) {
      EXPECT_NE(hint.find("policy of policy.example"), std::string::npos) << status << hint;
    }
  }
}

TEST(Diagnose, take_no_value_of_a_secret_for_the_name_of_a_webhook) {
  Attempt secret = service();
  secret.id.kind = "Secret";
  for (const char* said : {R"(admission webhook \"hush hush\" denied the request)", R"(admission webhook \"hush)",
                           R"(hush: admission webhook \"a.b\" denied the request)"}) {
    const HttpResponse answer{
        .status = 400, .body = std::string(R"({"kind":"Status","reason":"BadRequest","message":")") + said + "\"}"};
    const Diagnostic why = diagnose(answer, secret);
    EXPECT_EQ((why.cause + why.hint).find("hush"), std::string::npos) << why.cause;
    EXPECT_NE(why.hint, "");
  }
}

TEST(Diagnose, name_the_login_that_was_refused) {
  Attempt attempt = service();
  attempt.login = "exec plugin `aws`";
  EXPECT_NE(diagnose(HttpResponse{.status = 401}, attempt).hint.find("exec plugin `aws`"), std::string::npos);
}

TEST(DiagnoseRetryOf, takes_the_wait_from_header_or_status) {
  EXPECT_EQ(retry_of(HttpResponse{.status = 429, .headers = {{"retry-after", "7"}}}, {})->after, 7000ms);
  EXPECT_EQ(retry_of(HttpResponse{.status = 429, .body = R"({"kind":"Status","details":{"retryAfterSeconds":3}})"}, {})
                ->after,
            3000ms);
  EXPECT_EQ(retry_of(HttpResponse{.status = 503}, {})->after, std::nullopt);
}

struct FaultCase {
  Fault fault;
  Code code;
  bool repeated;
  bool fresh;
};
class DiagnoseFaults : public testing::TestWithParam<FaultCase> {};
TEST_P(DiagnoseFaults, mean) {
  const auto& row = GetParam();
  const TransportError error{row.fault, "detail"};
  EXPECT_EQ(diagnose(error, service()).code, row.code);
  const auto retry = retry_of(error);
  EXPECT_EQ(retry.has_value(), row.repeated);
  EXPECT_EQ(retry && retry->fresh_connection, row.fresh);
}
INSTANTIATE_TEST_SUITE_P(Table, DiagnoseFaults,
                         testing::Values(FaultCase{Fault::dns, Code::unreachable, true, false},
                                         FaultCase{Fault::connect, Code::unreachable, true, false},
                                         FaultCase{Fault::connect_timeout, Code::unreachable, true, false},
                                         FaultCase{Fault::proxy, Code::unreachable, true, false},
                                         FaultCase{Fault::reset, Code::unreachable, true, true},
                                         FaultCase{Fault::other, Code::unreachable, false, false},
                                         FaultCase{Fault::timeout, Code::timed_out, true, true},
                                         FaultCase{Fault::truncated, Code::malformed_answer, true, true},
                                         FaultCase{Fault::too_large, Code::malformed_answer, false, false},
                                         FaultCase{Fault::tls, Code::tls_failed, false, false},
                                         FaultCase{Fault::tls_verify, Code::tls_failed, false, false},
                                         FaultCase{Fault::stopped, Code::cancelled, false, false}));

}  // namespace
}  // namespace mesh::kubernetes
