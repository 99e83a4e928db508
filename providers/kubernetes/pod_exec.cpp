#include "providers/kubernetes/pod_exec.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "providers/kubernetes/api.h"
#include "providers/kubernetes/kubeconfig/redact.h"
#include "providers/kubernetes/request_sender.h"

namespace mesh::kubernetes {
namespace {

constexpr char out_channel = 1;
constexpr char error_channel = 2;
constexpr char status_channel = 3;
/// What istiod says of itself grows with the mesh.
constexpr std::size_t largest_metrics = std::size_t{64} << 20U;
/// After the Status, until the server has closed.
constexpr std::chrono::milliseconds last_words_time(5000);

Diagnostic malformed(const Attempt& attempt, std::string cause) {
  return {.code = Code::malformed_answer,
          .where = where_of(attempt),
          .summary = "command in the pod gave no usable answer",
          .cause = std::move(cause),
          .hint = "check that no proxy on the way to the API server changes WebSockets"};
}

std::optional<int> exit_code_of(const nlohmann::json& status) {
  for (const nlohmann::json& cause : list_at(status, {"details", "causes"})) {
    if (text_at(cause, "reason") != "ExitCode") continue;
    const std::string text = text_at(cause, "message");
    int code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error == std::errc() && end == text.data() + text.size()) return code;
  }
  return std::nullopt;
}

}  // namespace

HttpRequest exec_request(const ExecRequest& exec) {
  const ObjectId pod{"v1", "Pod", exec.ns, exec.pod};
  HttpRequest request{.target = object_path(pod) + "/exec?container=" + url_encode(exec.container)};
  for (const std::string& word : exec.command) request.target += "&command=" + url_encode(word);
  request.target += "&stdout=true&stderr=true";
  // In the order of preference: an API server before 1.29 hands the choice to the kubelet, which knows up to v4.
  request.headers = {"Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io"};
  return request;
}

HttpRequest logs_request(const LogsRequest& logs) {
  const ObjectId pod{"v1", "Pod", logs.ns, logs.pod};
  return {.target = fmt::format("{}/log?container={}&tailLines={}&limitBytes={}", object_path(pod),
                                url_encode(logs.container), logs.lines, logs.largest_output),
          .headers = {"Accept: */*"}};
}

bool ExecOutput::add(std::string_view message) {
  if (message.empty()) return true;
  const char channel = message.front();
  message.remove_prefix(1);
  if (channel == out_channel) answer_.out += message;
  if (channel == error_channel) answer_.err += message;
  if (channel == status_channel) status_ += message;
  return answer_.out.size() + answer_.err.size() + status_.size() <= largest_;
}

HttpRequest page_request(const PodPage& page) {
  const ObjectId pod{"v1", "Pod", page.ns, page.pod};
  return {.target = fmt::format("{}:{}/proxy{}", object_path(pod), page.port, page.path),
          .headers = {"Accept: */*"},
          .largest_answer = largest_metrics};
}

Result<ExecAnswer> ExecOutput::answer(const Attempt& attempt) && {
  const nlohmann::json status = foreign_json_or_discarded(status_);
  if (!status.is_object()) return failure(malformed(attempt, "the API server did not say how the command ended"));
  if (text_at(status, "status") == "Success") return std::move(answer_);
  if (const auto code = exit_code_of(status)) {
    answer_.exit_code = *code;
    return std::move(answer_);
  }
  return failure(Diagnostic{.code = Code::server_error,
                            .where = where_of(attempt),
                            .summary = "command in the pod could not be run",
                            .cause = redact(text_at(status, "message"), 500),
                            .hint = "look at the pod and its container, then try again"});
}

Result<ExecAnswer> run_exec(Upgraded& upgraded, const ExecRequest& exec, const Attempt& attempt, const Clock& clock,
                            const CallLimits& limits) {
  const std::string protocol = upgraded.answer.headers["sec-websocket-protocol"];
  if (protocol != "v5.channel.k8s.io" && protocol != "v4.channel.k8s.io") {
    return failure(malformed(attempt, fmt::format("the API server speaks `{}` instead of v5.channel.k8s.io or "
                                                  "v4.channel.k8s.io",
                                                  redact(protocol, 60))));
  }
  ExecOutput output(exec.largest_output);
  while (true) {
    const auto left = remaining(limits.deadline, clock.now());
    const auto message = upgraded.socket->next(output.ended() ? std::min(left, last_words_time) : left, limits.stop);
    // Each channel is copied by itself, so the Status may overtake the output; then the server closes.
    if (!message && output.ended() && message.error().fault != Fault::stopped) break;
    if (!message && message.error().fault == Fault::timeout) {
      return failure(Diagnostic{.code = Code::timed_out,
                                .where = where_of(attempt),
                                .summary = "command in the pod did not end in time",
                                .cause = fmt::format("`{}` still runs", fmt::join(exec.command, " ")),
                                .hint = "allow more time with --timeout"});
    }
    if (!message) return failure(diagnose(message.error(), attempt));
    if (!*message) break;
    if (!output.add(**message)) {
      return failure(malformed(attempt, fmt::format("the output is longer than {} bytes", exec.largest_output)));
    }
  }
  return std::move(output).answer(attempt);
}

}  // namespace mesh::kubernetes
