#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "engine/port/clock.h"
#include "providers/simulator/server/request_handler.h"

namespace mesh::simulator::testing {

/// The machine's clock: what is tested here are real connections.
class RealClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::now(); }
  bool sleep_until(TimePoint when, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, stop, when, [] { return false; });
    return !stop.stop_requested();
  }
};

/// A stream that a test fills.
class StubStream final : public EventStream {
 public:
  Chunk take() override {
    const std::lock_guard lock(mutex_);
    return {std::exchange(text_, {}), ended_};
  }
  void on_ready(std::function<void()> wake) override {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
    if (wake_) wake_();
  }
  void push(const std::string& text) {
    const std::lock_guard lock(mutex_);
    text_ += text;
    if (wake_) wake_();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (wake_) wake_();
  }
  bool heard() const {
    const std::lock_guard lock(mutex_);
    return static_cast<bool>(wake_);
  }

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::string text_;
  bool ended_ = false;
};

/// Answers with what it was asked.
class StubHandler final : public RequestHandler {
 public:
  ResponsePlan plan_response(const IncomingRequest& incoming) override {
    ++plans;
    return {how, delay, [this, &incoming] {
              ++answers;
              std::this_thread::sleep_for(work);
              return answer(incoming);
            }};
  }
  void answered(const IncomingRequest&, int, std::size_t bytes, Progress) override { last_bytes = bytes; }
  bool silent(const IncomingRequest&) const override {
    if (silenced) ++silences;
    return silenced;
  }
  std::shared_ptr<PodBackend> pods(const std::string&) override { return backend; }

  ResponsePlan::How how = ResponsePlan::How::whole;
  std::chrono::milliseconds delay{0};
  /// How long an answer keeps its worker.
  std::chrono::milliseconds work{0};
  std::atomic<bool> silenced = false;
  /// How often something was silenced.
  mutable std::atomic<int> silences = 0;
  std::atomic<int> plans = 0;
  std::atomic<int> answers = 0;
  std::string body;
  bool thrown = false;
  std::shared_ptr<EventStream> stream;
  std::optional<Upgrade> upgrade;
  std::shared_ptr<PodBackend> backend;
  std::atomic<std::size_t> last_bytes = 0;

 private:
  ApiResponse answer(const IncomingRequest& incoming) const {
    if (thrown) throw std::runtime_error("a bug");
    ApiResponse response;
    response.stream = stream;
    response.upgrade = upgrade;
    response.headers.emplace("X-Stub", "yes");
    const ApiRequest& request = incoming.request;
    response.body = request.method + " " + incoming.target.cluster + " " + request.path;
    for (const auto& [name, value] : request.query) response.body += " " + name + "=" + value;
    response.body += " [" + (request.body.size() > 100 ? "much" : request.body) + "]";
    if (const auto agent = request.headers.find("user-agent"); agent != request.headers.end()) {
      response.body += " " + agent->second;
    }
    if (!body.empty()) response.body = body;
    return response;
  }
};

}  // namespace mesh::simulator::testing
