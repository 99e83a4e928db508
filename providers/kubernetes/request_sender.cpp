#include "providers/kubernetes/request_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/jobs/retry_delay.h"
#include "providers/kubernetes/kubeconfig/server_url.h"
#include "providers/kubernetes/status.h"
#include "providers/kubernetes/transport/remove_echo.h"
#include "providers/kubernetes/transport/request_log.h"

namespace mesh::kubernetes {
namespace {

using std::chrono::milliseconds;

Diagnostic out_of_time(const Request& request) {
  return {.code = Code::timed_out,
          .where = where_of(request.attempt),
          .summary = "API server did not answer in time",
          .cause = request.attempt.server + ": no time was left",
          .hint = "allow more time with --timeout"};
}

/// Says where, for errors that come from below the cluster.
Diagnostics located(Diagnostics why, const Request& request) {
  for (Diagnostic& diagnostic : why) {
    if (diagnostic.where.empty()) diagnostic.where = "cluster " + request.attempt.cluster;
  }
  return why;
}

Endpoint endpoint_of(const Access& access, const Environment& environment) {
  return {.server = access.server,
          .ca_pem = access.ca_pem,
          .insecure = access.insecure,
          .tls_server_name = access.tls_server_name,
          .proxy_url = access.proxy_url.empty() ? proxy_from_environment(access.server, environment) : access.proxy_url,
          .client_certificate_pem = access.client_certificate_pem,
          .client_key_pem = access.client_key_pem,
          .compression = access.compression};
}

}  // namespace

milliseconds remaining(TimePoint deadline, TimePoint now) {
  if (deadline <= now) return milliseconds(0);
  constexpr auto day = std::chrono::hours(24);
  if (deadline == TimePoint::max() || deadline - now > day) return day;
  return std::chrono::ceil<milliseconds>(deadline - now);
}

UserOrigin::UserOrigin(std::shared_ptr<const Access> access, std::shared_ptr<const Environment> environment,
                       bool terminal, ReadFile read, Clock& clock)
    : access_(std::move(access)),
      environment_(std::move(environment)),
      credentials_(access_, environment_, terminal, std::move(read), clock) {}

Result<Origin::Ready> UserOrigin::ready(TimePoint deadline, const std::stop_token& stop) {
  auto identity = credentials_.get(deadline, stop);
  if (!identity) return failure(std::move(identity.error()));
  const std::lock_guard lock(mutex_);
  if (!endpoint_) endpoint_ = std::make_shared<const Endpoint>(endpoint_of(*access_, *environment_));
  // A plugin may hand out a new certificate: then connections with the old one must not be reused.
  if (endpoint_->client_certificate_pem != identity->client_certificate_pem) {
    Endpoint changed = *endpoint_;
    changed.client_certificate_pem = identity->client_certificate_pem;
    changed.client_key_pem = identity->client_key_pem;
    endpoint_ = std::make_shared<const Endpoint>(std::move(changed));
  }
  return Ready{endpoint_, std::move(identity->headers), identity->generation};
}

struct RequestSender::PendingRequest {
  std::size_t index = 0;
  int tries = 0;
  bool renewed = false;
  bool fresh_connection = false;
  /// Not answered for good.
  bool open = true;
  /// Of the last try.
  std::optional<Result<Reply>> result = std::nullopt;
  /// While it is open: how long to wait before the next try, and why.
  milliseconds delay{0};
  std::string why = {};
};

Diagnostic RequestSender::given_up(const PendingRequest& pending, const Request& request) {
  Diagnostic diagnostic = diagnose(TransportError{Fault::stopped, ""}, request.attempt);
  diagnostic.cause += fmt::format(" while it waited to try again (tried {} times): {}", pending.tries, pending.why);
  return diagnostic;
}

milliseconds RequestSender::delay(int failures, std::optional<milliseconds> after) const {
  return retry_delay(failures, after, options_.random());
}

bool RequestSender::pause(const std::string& why, milliseconds delay, const CallLimits& limits,
                          const std::stop_token& stop) {
  if (stop.stop_requested() || delay >= remaining(limits.deadline, clock_.now())) return false;
  if (limits.on_retry) limits.on_retry(why, delay);
  return clock_.sleep_until(clock_.now() + delay, stop);
}

void RequestSender::settle(PendingRequest& pending, HttpResult result, const Request& request, Origin& origin,
                           std::uint64_t generation, const CallLimits& limits) {
  if (result && result->status == 401 && !pending.renewed && origin.refused(generation)) {
    pending.renewed = true;
    pending.delay = milliseconds(0);
    pending.why = "the server refused the credential";
    return;
  }
  const auto retry = result ? retry_of(*result, clock_.wall()) : retry_of(result.error());
  pending.open = false;
  if (retry && !(retry->unreachable && pending.tries >= options_.tries_unreachable)) {
    pending.delay = delay(pending.tries, retry->after);
    pending.why = retry->why;
    pending.fresh_connection = retry->fresh_connection;
    pending.open = pending.delay < remaining(limits.deadline, clock_.now());
  }
  if (result) {
    pending.result = Reply{std::move(*result), pending.tries};
  } else {
    Attempt attempt = request.attempt;
    attempt.tries = pending.tries;
    pending.result = Result<Reply>(failure(diagnose(result.error(), attempt)));
  }
}

void RequestSender::round(Origin& origin, const std::vector<Request>& requests, std::vector<PendingRequest>& pending,
                          const CallLimits& limits, const std::stop_token& stop) {
  std::vector<PendingRequest*> open;
  for (PendingRequest& one : pending) {
    if (one.open) open.push_back(&one);
  }
  const milliseconds left = remaining(limits.deadline, clock_.now());
  auto ready = origin.ready(limits.deadline, stop);
  if (!ready || left.count() == 0) {
    for (PendingRequest* one : open) {
      const Request& request = requests[one->index];
      one->open = false;
      one->result = Result<Reply>(failure(ready ? Diagnostics{out_of_time(request)} : located(ready.error(), request)));
    }
    return;
  }
  std::vector<Call> calls;
  for (PendingRequest* one : open) {
    Call call{ready->endpoint, requests[one->index].request};
    call.request.headers.insert(call.request.headers.end(), ready->headers.begin(), ready->headers.end());
    call.request.fresh_connection = one->fresh_connection;
    calls.push_back(std::move(call));
    ++one->tries;
  }
  requests_ += calls.size();
  const TimePoint sent = clock_.now();
  auto results =
      http_->send_all(calls, std::min(options_.try_timeout, remaining(limits.deadline, clock_.now())), limits.stop);
  const auto took = std::chrono::duration_cast<milliseconds>(clock_.now() - sent);
  for (std::size_t i = 0; i < open.size(); ++i) {
    const std::string& cluster = requests[open[i]->index].attempt.cluster;
    if (results[i]) remove_echo(*results[i], ready->headers);
    log_request(options_.log, {cluster, calls[i].request, open[i]->tries, took}, &results[i]);
    settle(*open[i], std::move(results[i]), requests[open[i]->index], origin, ready->generation, limits);
  }
}

std::vector<Result<Reply>> RequestSender::send_all(Origin& origin, const std::vector<Request>& requests,
                                                   const CallLimits& limits) {
  std::vector<PendingRequest> pending(requests.size());
  for (std::size_t i = 0; i < pending.size(); ++i) pending[i].index = i;
  std::stop_source either;
  const std::stop_callback at_once(limits.stop, [&either] { either.request_stop(); });
  const std::stop_callback before_a_try(limits.stop_trying, [&either] { either.request_stop(); });
  const std::stop_token stop = either.get_token();
  while (std::any_of(pending.begin(), pending.end(), [](const PendingRequest& one) { return one.open; })) {
    round(origin, requests, pending, limits, stop);
    const PendingRequest* slowest = nullptr;
    for (const PendingRequest& one : pending) {
      if (one.open && (slowest == nullptr || one.delay > slowest->delay)) slowest = &one;
    }
    if (slowest == nullptr || slowest->delay.count() == 0) continue;
    if (pause(slowest->why, slowest->delay, limits, stop)) continue;
    // Out of time: what the last try brought is the answer.
    for (PendingRequest& one : pending) {
      if (one.open && stop.stop_requested()) one.result = Result<Reply>(failure(given_up(one, requests[one.index])));
      one.open = false;
    }
  }
  std::vector<Result<Reply>> answers;
  answers.reserve(pending.size());
  for (PendingRequest& one : pending) answers.push_back(std::move(*one.result));
  return answers;
}

Result<Reply> RequestSender::send(Origin& origin, const Request& request, const CallLimits& limits) {
  return std::move(send_all(origin, {request}, limits).front());
}

Result<std::unique_ptr<Stream>> RequestSender::open(Origin& origin, const Request& request, const CallLimits& limits,
                                                    milliseconds timeout) {
  auto ready = origin.ready(limits.deadline, limits.stop);
  if (!ready) return failure(located(std::move(ready.error()), request));
  Call call{ready->endpoint, request.request};
  call.request.headers.insert(call.request.headers.end(), ready->headers.begin(), ready->headers.end());
  ++requests_;
  log_request(options_.log, {request.attempt.cluster, call.request, 1, milliseconds(0)}, nullptr);
  return http_->open(call, timeout);
}

Result<Upgraded> RequestSender::upgrade(Origin& origin, const Request& request, const CallLimits& limits) {
  PendingRequest pending;
  while (true) {
    auto ready = origin.ready(limits.deadline, limits.stop);
    if (!ready) return failure(located(std::move(ready.error()), request));
    const milliseconds left = remaining(limits.deadline, clock_.now());
    if (left.count() == 0) return failure(out_of_time(request));
    Call call{ready->endpoint, request.request};
    call.request.headers.insert(call.request.headers.end(), ready->headers.begin(), ready->headers.end());
    ++pending.tries;
    ++requests_;
    const TimePoint sent = clock_.now();
    auto upgraded = http_->upgrade(call, std::min(options_.try_timeout, left), limits.stop);
    const auto took = std::chrono::duration_cast<milliseconds>(clock_.now() - sent);
    if (upgraded) remove_echo(upgraded->answer, ready->headers);
    HttpResult result = upgraded ? HttpResult(upgraded->answer) : tl::unexpected(upgraded.error());
    log_request(options_.log, {request.attempt.cluster, call.request, pending.tries, took}, &result);
    if (upgraded && upgraded->socket) return std::move(*upgraded);
    settle(pending, std::move(result), request, origin, ready->generation, limits);
    const bool again =
        pending.open && (pending.delay.count() == 0 || pause(pending.why, pending.delay, limits, limits.stop));
    if (again) continue;
    if (pending.open && limits.stop.stop_requested()) return failure(given_up(pending, request));
    if (!*pending.result) return failure(std::move(pending.result->error()));
    return Upgraded{.answer = std::move((*pending.result)->answer)};
  }
}

}  // namespace mesh::kubernetes
