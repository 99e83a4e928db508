#include "providers/kubernetes/sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/jobs/retry_delay.h"
#include "providers/kubernetes/server_url.h"
#include "providers/kubernetes/status.h"

namespace mesh::kubernetes {
namespace {

using std::chrono::milliseconds;

Diagnostic out_of_time(const Order& order) {
  return {.code = Code::timed_out,
          .where = where_of(order.attempt),
          .summary = "API server did not answer in time",
          .cause = order.attempt.server + ": no time was left",
          .hint = "allow more time with --timeout"};
}

/// Says where, for errors that come from below the cluster.
Diagnostics located(Diagnostics why, const Order& order) {
  for (Diagnostic& diagnostic : why) {
    if (diagnostic.where.empty()) diagnostic.where = "cluster " + order.attempt.cluster;
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

struct Sender::Job {
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

Diagnostic Sender::given_up(const Job& job, const Order& order) {
  Diagnostic told = explain(TransportError{Fault::stopped, ""}, order.attempt);
  told.cause += fmt::format(" while it waited to try again (tried {} times): {}", job.tries, job.why);
  return told;
}

milliseconds Sender::delay(int failures, std::optional<milliseconds> after) const {
  return retry_delay(failures, after, options_.random());
}

bool Sender::pause(const std::string& why, milliseconds delay, const CallLimits& limits, const std::stop_token& stop) {
  if (stop.stop_requested() || delay >= remaining(limits.deadline, clock_.now())) return false;
  if (limits.on_retry) limits.on_retry(why, delay);
  return clock_.sleep_until(clock_.now() + delay, stop);
}

void Sender::settle(Job& job, HttpResult result, const Order& order, Origin& origin, std::uint64_t generation,
                    const CallLimits& limits) {
  if (result && result->status == 401 && !job.renewed && origin.refused(generation)) {
    job.renewed = true;
    job.delay = milliseconds(0);
    job.why = "the server refused the credential";
    return;
  }
  const auto retry = result ? retry_of(*result, clock_.wall()) : retry_of(result.error());
  job.open = false;
  if (retry && !(retry->unreachable && job.tries >= options_.tries_unreachable)) {
    job.delay = delay(job.tries, retry->after);
    job.why = retry->why;
    job.fresh_connection = retry->fresh_connection;
    job.open = job.delay < remaining(limits.deadline, clock_.now());
  }
  if (result) {
    job.result = Reply{std::move(*result), job.tries};
  } else {
    Attempt attempt = order.attempt;
    attempt.tries = job.tries;
    job.result = Result<Reply>(failure(explain(result.error(), attempt)));
  }
}

void Sender::round(Origin& origin, const std::vector<Order>& orders, std::vector<Job>& jobs, const CallLimits& limits,
                   const std::stop_token& stop) {
  std::vector<Job*> open;
  for (Job& job : jobs) {
    if (job.open) open.push_back(&job);
  }
  const milliseconds left = remaining(limits.deadline, clock_.now());
  auto ready = origin.ready(limits.deadline, stop);
  if (!ready || left.count() == 0) {
    for (Job* job : open) {
      const Order& order = orders[job->index];
      job->open = false;
      job->result = Result<Reply>(failure(ready ? Diagnostics{out_of_time(order)} : located(ready.error(), order)));
    }
    return;
  }
  std::vector<Call> calls;
  for (Job* job : open) {
    Call call{ready->endpoint, orders[job->index].request};
    call.request.headers.insert(call.request.headers.end(), ready->headers.begin(), ready->headers.end());
    call.request.fresh_connection = job->fresh_connection;
    calls.push_back(std::move(call));
    ++job->tries;
  }
  requests_ += calls.size();
  auto results = transport_->send_all(calls, std::min(options_.try_timeout, remaining(limits.deadline, clock_.now())),
                                      limits.stop);
  for (std::size_t i = 0; i < open.size(); ++i) {
    settle(*open[i], std::move(results[i]), orders[open[i]->index], origin, ready->generation, limits);
  }
}

std::vector<Result<Reply>> Sender::send_all(Origin& origin, const std::vector<Order>& orders,
                                            const CallLimits& limits) {
  std::vector<Job> jobs(orders.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].index = i;
  std::stop_source either;
  const std::stop_callback at_once(limits.stop, [&either] { either.request_stop(); });
  const std::stop_callback before_a_try(limits.stop_trying, [&either] { either.request_stop(); });
  const std::stop_token stop = either.get_token();
  while (std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.open; })) {
    round(origin, orders, jobs, limits, stop);
    const Job* slowest = nullptr;
    for (const Job& job : jobs) {
      if (job.open && (slowest == nullptr || job.delay > slowest->delay)) slowest = &job;
    }
    if (slowest == nullptr || slowest->delay.count() == 0) continue;
    if (pause(slowest->why, slowest->delay, limits, stop)) continue;
    // Out of time: what the last try brought is the answer.
    for (Job& job : jobs) {
      if (job.open && stop.stop_requested()) job.result = Result<Reply>(failure(given_up(job, orders[job.index])));
      job.open = false;
    }
  }
  std::vector<Result<Reply>> answers;
  answers.reserve(jobs.size());
  for (Job& job : jobs) answers.push_back(std::move(*job.result));
  return answers;
}

Result<Reply> Sender::send(Origin& origin, const Order& order, const CallLimits& limits) {
  return std::move(send_all(origin, {order}, limits).front());
}

Result<std::unique_ptr<Stream>> Sender::open(Origin& origin, const Order& order, const CallLimits& limits,
                                             milliseconds timeout) {
  auto ready = origin.ready(limits.deadline, limits.stop);
  if (!ready) return failure(located(std::move(ready.error()), order));
  Call call{ready->endpoint, order.request};
  call.request.headers.insert(call.request.headers.end(), ready->headers.begin(), ready->headers.end());
  ++requests_;
  return transport_->open(call, timeout);
}

}  // namespace mesh::kubernetes
