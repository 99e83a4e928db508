#include "providers/kubernetes/api_client.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "providers/kubernetes/api.h"
#include "providers/kubernetes/diagnose.h"
#include "providers/kubernetes/http_date.h"
#include "providers/kubernetes/kubeconfig/server_url.h"
#include "providers/kubernetes/object_watch.h"
#include "providers/kubernetes/paged_read.h"
#include "providers/kubernetes/pod_exec.h"
#include "providers/kubernetes/status.h"

namespace mesh::kubernetes {
namespace {

std::string login_of(const Access& access) {
  if (access.exec) return fmt::format("exec plugin `{}`", access.exec->command);
  if (!access.token_file.empty()) return fmt::format("token file {}", access.token_file);
  return {};
}

/// `Result<Object>` of an answer to a write.
Result<Object> written(const Result<Reply>& reply, Attempt attempt) {
  if (!reply) return failure(reply.error());
  attempt.tries = reply->tries;
  if (reply->answer.status < 200 || reply->answer.status > 299) return failure(diagnose(reply->answer, attempt));
  auto object = parse_object(reply->answer.body, attempt.id);
  if (!object) {
    for (Diagnostic& diagnostic : object.error()) diagnostic.where = where_of(attempt);
  }
  return object;
}

class ApiClient final : public Client {
 public:
  ApiClient(ApiClientSettings settings, std::shared_ptr<Http> http, Clock& clock)
      : settings_(std::move(settings)),
        login_(login_of(*settings_.access)),
        request_sender_(std::move(http), clock, settings_.sending),
        user_(settings_.access, settings_.environment, settings_.terminal, settings_.read_file, clock) {}

  std::string server() const override { return settings_.access->server; }
  std::string ca_pem() const override { return settings_.access->ca_pem; }
  bool insecure() const override { return settings_.access->insecure; }
  const std::string& field_manager() const override { return settings_.field_manager; }
  std::size_t requests_sent() const override { return request_sender_.requests_sent(); }

  Result<std::string> version(const CallLimits& limits) override {
    const Request request = json_order(version_path);
    return version_of(request_sender_.send(user_, request, limits), request.attempt);
  }

  std::vector<Result<ReadAnswer>> read_all(const std::vector<Read>& reads, const CallLimits& limits) override {
    return read_pages(request_sender_, user_, attempt_of("read", {}), settings_.page_size, reads, *settings_.pool,
                      limits);
  }

  Survey survey(const std::vector<Read>& reads, const CallLimits& limits) override {
    std::vector<Beside> beside = {{.request = json_order(version_path)}};
    Survey found;
    found.answers = read_pages(request_sender_, user_, attempt_of("read", {}), settings_.page_size, reads,
                               *settings_.pool, limits, &beside);
    found.version = version_of(beside[0].reply, beside[0].request.attempt);
    return found;
  }

  Result<Probe> probe(const CallLimits& limits) override {
    Request request = json_order(version_path);
    const auto reply = request_sender_.send(user_, request, limits);
    if (!reply) return failure(reply.error());
    request.attempt.tries = reply->tries;
    if (reply->answer.status != 200) return failure(diagnose(reply->answer, request.attempt));
    Probe probe{.took = reply->answer.took};
    const auto header = reply->answer.headers.find("date");
    if (header == reply->answer.headers.end()) return probe;
    if (const auto date = parse_http_date(header->second)) {
      probe.clock_skew = std::chrono::duration_cast<std::chrono::seconds>(*date - request_sender_.clock().wall());
    }
    return probe;
  }

  std::vector<Result<bool>> may(const std::vector<Right>& rights, const CallLimits& limits) override {
    std::vector<Request> requests;
    requests.reserve(rights.size());
    for (const Right& right : rights) requests.push_back({access_review_request(right), attempt_of("ask", {})});
    std::vector<Result<bool>> answers;
    answers.reserve(rights.size());
    for (const Result<Reply>& reply : request_sender_.send_all(user_, requests, limits)) {
      const auto answer = json_of(reply, requests[answers.size()].attempt, "the answer about a right", 201);
      if (!answer) {
        answers.emplace_back(failure(answer.error()));
        continue;
      }
      const nlohmann::json* allowed = find_field(*answer, {"status", "allowed"});
      answers.emplace_back(allowed != nullptr && *allowed == true);
    }
    return answers;
  }

  Result<Applied> apply(const ObjectId& id, const nlohmann::json& body, Force force,
                        const CallLimits& limits) override {
    const Attempt attempt = attempt_of("apply", id);
    const auto reply =
        request_sender_.send(user_, {apply_request(id, body, force, settings_.field_manager), attempt}, limits);
    auto object = written(reply, attempt);
    if (!object) return failure(std::move(object.error()));
    return Applied{.object = std::move(*object), .created = reply->answer.status == 201};
  }

  Result<Object> patch(const ObjectId& id, PatchType type, const nlohmann::json& patch,
                       const CallLimits& limits) override {
    const Attempt attempt = attempt_of("patch", id);
    return written(
        request_sender_.send(user_, {patch_request(id, type, patch, settings_.field_manager), attempt}, limits),
        attempt);
  }

  Result<void> remove(const ObjectId& id, const std::string& uid, const CallLimits& limits,
                      const std::string& resource_version) override {
    Attempt attempt = attempt_of("delete", id);
    auto reply = request_sender_.send(user_, {delete_request(id, uid, resource_version), attempt}, limits);
    if (!reply) return failure(std::move(reply.error()));
    if (reply->answer.status == 404) return {};
    attempt.tries = reply->tries;
    if (reply->answer.status < 200 || reply->answer.status > 299) return failure(diagnose(reply->answer, attempt));
    // `Status: Success` is the last word; the object itself means that finalizers still hold it.
    if (parse_status(reply->answer).is_status) return {};
    return ObjectWatch(request_sender_, user_, attempt, {.id = id})
        .wait([&](const Object* object) { return still_there(object, uid); }, {}, limits);
  }

  Result<void> wait(const Read& read, const JudgeReadiness& judge,
                    const std::function<void(const std::string&)>& on_change, const CallLimits& limits) override {
    return ObjectWatch(request_sender_, user_, attempt_of("watch", read.id), read).wait(judge, on_change, limits);
  }

  Result<void> dial(const std::string& server, const std::string& ca_pem, const std::string& token,
                    const std::string& path, const CallLimits& limits) override {
    Attempt attempt{.cluster = settings_.cluster, .server = server, .verb = "dial"};
    const auto url = parse_server_url(server);
    if (!url || token.find_first_of("\r\n") != std::string::npos) {
      return failure(Diagnostic{.code = Code::unreachable,
                                .where = where_of(attempt),
                                .summary = "API server cannot be reached",
                                .cause = url ? "the token holds a line break" : "the server is not a URL",
                                .hint = "write api_server as https://HOST:PORT"});
    }
    TokenOrigin origin({.server = to_string(*url),
                        .ca_pem = ca_pem,
                        .proxy_url = proxy_from_environment(server, *settings_.environment)},
                       token);
    auto reply = request_sender_.send(
        origin, {HttpRequest{.target = path, .headers = {"Accept: application/json"}}, attempt}, limits);
    if (!reply) return failure(std::move(reply.error()));
    attempt.tries = reply->tries;
    if (reply->answer.status != 200) return failure(diagnose(reply->answer, attempt));
    return {};
  }

  Result<ExecAnswer> exec(const ExecRequest& exec, const CallLimits& limits) override {
    const Attempt attempt = attempt_of("exec", {"v1", "Pod", exec.ns, exec.pod});
    auto upgraded = request_sender_.upgrade(user_, {exec_request(exec), attempt}, limits);
    if (!upgraded) return failure(std::move(upgraded.error()));
    if (!upgraded->socket) return failure(diagnose(upgraded->answer, attempt));
    return run_exec(*upgraded, exec, attempt, request_sender_.clock(), limits);
  }

  Result<std::string> logs(const LogsRequest& logs, const CallLimits& limits) override {
    return text_of(logs_request(logs), {"v1", "Pod", logs.ns, logs.pod}, limits);
  }

  Result<std::string> pod_page(const PodPage& page, const CallLimits& limits) override {
    return text_of(page_request(page), {"v1", "Pod", page.ns, page.pod}, limits);
  }

 private:
  Result<std::string> text_of(HttpRequest request, const ObjectId& pod, const CallLimits& limits) {
    Attempt attempt = attempt_of("read", pod);
    auto reply = request_sender_.send(user_, {std::move(request), attempt}, limits);
    if (!reply) return failure(std::move(reply.error()));
    attempt.tries = reply->tries;
    if (reply->answer.status != 200) return failure(diagnose(reply->answer, attempt));
    return std::move(reply->answer.body);
  }

  Attempt attempt_of(const char* verb, const ObjectId& id) const {
    return {.cluster = settings_.cluster,
            .server = settings_.access->server,
            .verb = verb,
            .id = id,
            .login = login_,
            .through_proxy = !settings_.access->proxy_url.empty()};
  }

  Diagnostic odd_answer(const std::string& cause) const {
    return {.code = Code::malformed_answer,
            .where = "cluster " + settings_.cluster,
            .summary = "answer is not what a Kubernetes API server sends",
            .cause = fmt::format("{}: {}", settings_.access->server, cause),
            .hint = "check that the address is a Kubernetes API server and that no proxy changes answers"};
  }

  static std::string still_there(const Object* object, const std::string& uid) {
    if (object == nullptr || (!uid.empty() && object->uid != uid)) return {};
    if (const nlohmann::json* finalizers = find_field(object->body, {"metadata", "finalizers"})) {
      return fmt::format("it is being deleted and waits for {}", finalizers->dump());
    }
    return "it is being deleted";
  }

  static constexpr const char* version_path = "/version";

  Request json_order(const std::string& path) const {
    return {HttpRequest{.target = path, .headers = {"Accept: application/json"}}, attempt_of("read", {})};
  }

  Result<std::string> version_of(const Result<Reply>& reply, const Attempt& attempt) const {
    const auto answer = json_of(reply, attempt, version_path);
    if (!answer) return failure(answer.error());
    std::string version = text_at(*answer, "gitVersion");
    if (version.empty()) return failure(odd_answer("it names no gitVersion"));
    return version;
  }

  /// The JSON object in an answer. `what`: the words for it.
  Result<nlohmann::json> json_of(const Result<Reply>& reply, Attempt attempt, const char* what,
                                 int status = 200) const {
    if (!reply) return failure(reply.error());
    attempt.tries = reply->tries;
    if (reply->answer.status != status) return failure(diagnose(reply->answer, attempt));
    nlohmann::json answer = foreign_json_or_discarded(reply->answer.body);
    if (!answer.is_object()) {
      return failure(odd_answer(fmt::format("{} bytes of {} are not a JSON object", reply->answer.body.size(), what)));
    }
    return answer;
  }

  ApiClientSettings settings_;
  std::string login_;
  RequestSender request_sender_;
  UserOrigin user_;
};

}  // namespace

std::unique_ptr<Client> make_api_client(ApiClientSettings settings, std::shared_ptr<Http> http, Clock& clock) {
  return std::make_unique<ApiClient>(std::move(settings), std::move(http), clock);
}

}  // namespace mesh::kubernetes
