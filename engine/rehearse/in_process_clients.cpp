#include "engine/rehearse/in_process_clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "engine/base/lower_case.h"
#include "providers/kubernetes/api_client.h"

namespace mesh::rehearse {
namespace {

using kubernetes::Call;
using kubernetes::HttpResponse;
using kubernetes::HttpResult;
using kubernetes::TransportError;
using simulator::ApiRequest;
using simulator::ApiResponse;

ApiRequest request_of(const kubernetes::HttpRequest& http) {
  ApiRequest request = simulator::request_to(http.method, http.target);
  request.headers["user-agent"] = "mesh";
  for (const std::string& line : http.headers) {
    const auto colon = line.find(": ");
    if (colon != std::string::npos) request.headers[lower_case(line.substr(0, colon))] = line.substr(colon + 2);
  }
  request.body = http.body;
  return request;
}

HttpResponse response_of(const ApiResponse& answer) {
  HttpResponse response{
      .status = answer.status, .headers = {{"content-type", answer.content_type}}, .body = answer.body};
  for (const auto& [name, value] : answer.headers) response.headers[lower_case(name)] = value;
  return response;
}

TransportError stopped_error() { return {.fault = kubernetes::Fault::stopped, .detail = "stopped"}; }

/// An answer that is read piece by piece: a watch, or a body that is there at once.
class AnswerStream final : public kubernetes::Stream {
 public:
  AnswerStream(HttpResponse head, std::shared_ptr<simulator::EventStream> events, Clock& clock)
      : head_(std::move(head)), events_(std::move(events)), clock_(clock) {
    if (!events_) return;
    events_->on_ready([waker = waker_] {
      const std::lock_guard lock(waker->mutex);
      waker->woken = true;
      waker->changed.notify_all();
    });
  }
  AnswerStream(const AnswerStream&) = delete;
  AnswerStream& operator=(const AnswerStream&) = delete;
  ~AnswerStream() override {
    if (events_) events_->on_ready({});
  }

  Piece next(std::chrono::milliseconds timeout, const std::stop_token& stop) override {
    const TimePoint deadline = clock_.now() + timeout;
    Piece piece;
    piece.head = {.status = head_.status, .headers = head_.headers, .body = {}};
    piece.bytes = std::exchange(head_.body, {});
    while (piece.bytes.empty() && events_ && !ended_ && !stop.stop_requested()) {
      auto chunk = events_->take();
      piece.bytes = std::move(chunk.text);
      ended_ = chunk.ended;
      if (!piece.bytes.empty() || ended_) break;
      if (clock_.now() >= deadline) return piece;
      wait(std::min(deadline, events_->due().value_or(deadline)), stop);
    }
    piece.ended = piece.bytes.empty();
    if (piece.ended && stop.stop_requested()) piece.error = stopped_error();
    return piece;
  }

 private:
  struct Waker {
    std::mutex mutex;
    std::condition_variable_any changed;
    bool woken = false;
  };

  void wait(TimePoint until, const std::stop_token& stop) {
    std::unique_lock lock(waker_->mutex);
    waker_->changed.wait_until(lock, stop, until, [&] { return waker_->woken; });
    waker_->woken = false;
  }

  HttpResponse head_;
  const std::shared_ptr<simulator::EventStream> events_;
  Clock& clock_;
  bool ended_ = false;
  const std::shared_ptr<Waker> waker_ = std::make_shared<Waker>();
};

/// A failure of the way there that is shown as the answer.
class FailedStream final : public kubernetes::Stream {
 public:
  explicit FailedStream(TransportError error) : error_(std::move(error)) {}
  Piece next(std::chrono::milliseconds, const std::stop_token&) override { return {.ended = true, .error = error_}; }

 private:
  const TransportError error_;
};

class InProcessHttp final : public kubernetes::Http {
 public:
  InProcessHttp(const simulator::Simulation& simulation, Clock& clock) : simulation_(simulation), clock_(clock) {}

  std::vector<HttpResult> send_all(const std::vector<Call>& calls, std::chrono::milliseconds,
                                   const std::stop_token& stop) override {
    std::vector<HttpResult> answers;
    for (const Call& call : calls) {
      if (stop.stop_requested()) {
        answers.emplace_back(tl::unexpected(stopped_error()));
        continue;
      }
      const auto server = server_of(*call.endpoint);
      answers.push_back(server ? HttpResult(response_of((*server)->handle(request_of(call.request))))
                               : HttpResult(tl::unexpected(server.error())));
    }
    return answers;
  }

  std::unique_ptr<kubernetes::Stream> open(const Call& call, std::chrono::milliseconds) override {
    const auto server = server_of(*call.endpoint);
    if (!server) return std::make_unique<FailedStream>(server.error());
    ApiResponse answer = (*server)->handle(request_of(call.request));
    return std::make_unique<AnswerStream>(response_of(answer), std::move(answer.stream), clock_);
  }

  /// No program runs in the pods of a rehearsal.
  kubernetes::UpgradeResult upgrade(const Call&, std::chrono::milliseconds, const std::stop_token&) override {
    return kubernetes::Upgraded{.answer = {.status = 501, .body = "commands in pods are not rehearsed"}};
  }

 private:
  tl::expected<simulator::ApiServer*, TransportError> server_of(const kubernetes::Endpoint& endpoint) const {
    for (const std::string& name : simulation_.names()) {
      if (simulation_.server(name) != endpoint.server) continue;
      if (endpoint.insecure || endpoint.ca_pem == simulation_.ca_pem()) return &simulation_.api(name);
      return tl::unexpected(TransportError{.fault = kubernetes::Fault::tls_verify,
                                           .detail = "the certificate is signed by another authority"});
    }
    return tl::unexpected(TransportError{.fault = kubernetes::Fault::connect,
                                         .detail = fmt::format("no simulated cluster is at {}", endpoint.server)});
  }

  const simulator::Simulation& simulation_;
  Clock& clock_;
};

class Factory final : public kubernetes::ClientFactory {
 public:
  Factory(const simulator::Simulation& simulation, Clock& clock)
      : simulation_(simulation), clock_(clock), http_(std::make_shared<InProcessHttp>(simulation, clock)) {}

  Result<std::unique_ptr<kubernetes::Client>> connect(const ClusterSpec& cluster, const std::string& field_manager,
                                                      Diagnostics&) override {
    const kubernetes::Access access{.server = simulation_.server(cluster.name),
                                    .ca_pem = simulation_.ca_pem(),
                                    .token = simulation_.admin_token(cluster.name)};
    return kubernetes::make_api_client({.cluster = cluster.name,
                                        .access = std::make_shared<const kubernetes::Access>(access),
                                        .environment = std::make_shared<const kubernetes::Environment>(),
                                        .field_manager = field_manager,
                                        .read_file = kubernetes::file_reader(),
                                        .sending = {},
                                        .pool = pool_},
                                       http_, clock_);
  }

 private:
  const simulator::Simulation& simulation_;
  Clock& clock_;
  const std::shared_ptr<kubernetes::Http> http_;
  const std::shared_ptr<kubernetes::JsonPool> pool_ = std::make_shared<kubernetes::JsonPool>();
};

}  // namespace

std::unique_ptr<kubernetes::ClientFactory> in_process_clients(const simulator::Simulation& simulation, Clock& clock) {
  return std::make_unique<Factory>(simulation, clock);
}

}  // namespace mesh::rehearse
