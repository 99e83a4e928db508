#include "providers/kubernetes/transport/transport.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "engine/jobs/workers.h"
#include "providers/kubernetes/transport/connection_gate.h"
#include "providers/kubernetes/transport/gunzip.h"
#include "providers/kubernetes/transport/transfer.h"
#include "providers/kubernetes/transport/websocket.h"

namespace mesh::kubernetes {
namespace {

TransportError stopped_error() { return {.fault = Fault::stopped, .detail = "stopped"}; }

}  // namespace

/// Owns the thread and the multi handle. Others hand in transfers and wake it up; it alone calls libcurl.
class Transport::Loop {
 public:
  explicit Loop(TransportOptions options) : options_(std::move(options)) {
    // Counted and thread-safe since libcurl 7.84; undone by the destructor.
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_.reset(curl_multi_init());
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    // Kept for reuse: one connection per cluster is the rule, a few more with HTTP/1.1 or client certificates.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1024L);
    wakes_ = curl_multi_wakeup(multi_.get()) == CURLM_OK;
    thread_ = try_thread([this](const std::stop_token& stop) { run(stop); });
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() {
    if (thread_) thread_->request_stop();
    curl_multi_wakeup(multi_.get());
    thread_.reset();
    handles_.clear();
    multi_.reset();
    curl_global_cleanup();
  }

  std::shared_ptr<Transfer> make(const Call& call, std::chrono::milliseconds timeout, bool stream) const {
    auto transfer = std::make_shared<Transfer>();
    transfer->call = call;
    transfer->timeout = timeout;
    transfer->connect_timeout = std::min(options_.connect_timeout, timeout);
    transfer->user_agent = options_.user_agent;
    transfer->largest_answer = call.request.largest_answer;
    transfer->stream = stream;
    return transfer;
  }

  void submit(const std::vector<std::shared_ptr<Transfer>>& transfers) {
    if (!thread_) {
      for (const auto& transfer : transfers) {
        transfer->finish(TransportError{.fault = Fault::other, .detail = "the system gives mesh no more threads"});
      }
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      incoming_.insert(incoming_.end(), transfers.begin(), transfers.end());
    }
    curl_multi_wakeup(multi_.get());
  }

  void abandon(const std::shared_ptr<Transfer>& transfer) {
    transfer->abandoned = true;
    {
      const std::lock_guard lock(mutex_);
      abandoned_.push_back(transfer);
    }
    curl_multi_wakeup(multi_.get());
  }

 private:
  void run(const std::stop_token& stop) {
    // OpenSSL looks for all of its algorithms when the first context is made: now, before anybody waits for a
    // connection.
    SSL_CTX_free(SSL_CTX_new(TLS_client_method()));
    while (!stop.stop_requested()) {
      take_in();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      // What one HTTP/2 stream reads may end another, which libcurl 7.88 does not wake up for it ("http2: set drain on
      // stream end" came with 8.0.0): all of them get another look.
      curl_multi_perform(multi_.get(), &running);
      const bool ended = hand_out();
      // What is released now has to be moved before the wait.
      if (open_gates() || ended) continue;
      if (stop.stop_requested()) break;
      // libcurl shortens the wait to its own next timeout.
      int ready = 0;
      const int wait = std::min(end_overdue(), until_asked_again());
      curl_multi_poll(multi_.get(), nullptr, 0, wakes_ ? wait : std::min(wait, look_again), &ready);
      if (ready == 0) ask_again();
    }
    take_in();
    for (const auto& held : gates_.all()) held->finish(stopped_error());
    for (auto& [easy, handle] : handles_) {
      curl_multi_remove_handle(multi_.get(), easy);
      handle.transfer->finish(stopped_error());
    }
  }

  void take_in() {
    std::vector<std::shared_ptr<Transfer>> incoming;
    std::vector<std::shared_ptr<Transfer>> abandoned;
    {
      const std::lock_guard lock(mutex_);
      incoming.swap(incoming_);
      abandoned.swap(abandoned_);
    }
    for (auto& transfer : incoming) {
      if (gates_.admit(transfer)) start(std::move(transfer));
    }
    for (const auto& transfer : abandoned) {
      const auto it = by_transfer_.find(transfer.get());
      const bool running = it != by_transfer_.end();
      if (running) remove(it->second);
      if (!running && !gates_.forget(*transfer)) continue;
      // Nobody knows yet whether those behind it get a connection: the next one finds out.
      for (auto& next : gates_.ended(*transfer)) {
        if (gates_.admit(next)) start(std::move(next));
      }
      transfer->finish(stopped_error());
    }
  }

  /// Ends those that have waited for a connection as long as they may; milliseconds until the next of them will have.
  int end_overdue() {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& late : gates_.overdue(now)) {
      late->finish(TransportError{.fault = Fault::connect_timeout, .detail = "no connection was made in time"});
    }
    constexpr std::chrono::milliseconds longest = std::chrono::hours(1);
    const auto next = gates_.next_overdue();
    if (!next) return static_cast<int>(longest.count());
    return static_cast<int>(std::min(longest, std::chrono::ceil<std::chrono::milliseconds>(*next - now)).count());
  }

  /// Milliseconds after which silence is suspicious.
  int until_asked_again() const {
    constexpr int suspicious = 25;
    const bool any = std::any_of(handles_.begin(), handles_.end(), [](const auto& entry) {
      return entry.second.transfer->connected && !entry.second.transfer->asked_again;
    });
    return any ? suspicious : std::numeric_limits<int>::max();
  }

  /// libcurl 7.88 may also read a stream's bytes for another one and not look at them again, because the socket has no
  /// more. Pausing and going on makes it look, once after each silence.
  void ask_again() {
    for (auto& [easy, handle] : handles_) {
      Transfer& transfer = *handle.transfer;
      if (!transfer.connected || transfer.asked_again) continue;
      transfer.asked_again = true;
      curl_easy_pause(easy, CURLPAUSE_RECV);
      curl_easy_pause(easy, CURLPAUSE_CONT);
    }
  }

  bool open_gates() {
    auto released = gates_.released();
    for (auto& transfer : released) start(std::move(transfer));
    return !released.empty();
  }

  /// Ends the transfer, and those that waited for its connection if it never got one.
  void end(const std::shared_ptr<Transfer>& transfer, const std::optional<TransportError>& error) {
    for (auto& next : gates_.ended(*transfer)) {
      if (transfer->connected) {
        start(std::move(next));
      } else {
        next->finish(error);
      }
    }
    transfer->finish(error);
  }

  void start(std::shared_ptr<Transfer> transfer) {
    if (transfer->abandoned) {
      end(transfer, stopped_error());
      return;
    }
    CurlTransfer handle{
        .easy = take_easy(), .headers = nullptr, .connect_to = nullptr, .transfer = std::move(transfer)};
    CURL* easy = handle.easy.get();
    if (easy == nullptr || !configure(handle)) {
      end(handle.transfer, TransportError{.fault = Fault::other, .detail = cannot_be_used});
      return;
    }
    if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) {
      end(handle.transfer, TransportError{.fault = Fault::other, .detail = "the request cannot be started"});
      return;
    }
    by_transfer_.emplace(handle.transfer.get(), easy);
    handles_.emplace(easy, std::move(handle));
  }

  static void note_time(CURL* easy, Transfer& transfer) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    const std::lock_guard lock(transfer.mutex);
    transfer.answer.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(microseconds));
  }

  /// Whether any transfer has ended.
  bool hand_out() {
    bool any = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      any = true;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      const auto it = handles_.find(easy);
      if (it == handles_.end()) continue;
      const std::shared_ptr<Transfer> transfer = it->second.transfer;
      std::optional<TransportError> error;
      if (code != CURLE_OK) error = error_of(easy, code, *transfer);
      note_time(easy, *transfer);
      remove(easy);
      end(transfer, error);
    }
    return any;
  }

  void remove(CURL* easy) {
    curl_multi_remove_handle(multi_.get(), easy);
    const auto it = handles_.find(easy);
    by_transfer_.erase(it->second.transfer.get());
    constexpr std::size_t most_spare = 64;
    if (spare_.size() < most_spare) {
      // Before the lists and buffers that it points to go.
      curl_easy_reset(easy);
      spare_.push_back(std::move(it->second.easy));
    }
    handles_.erase(it);
  }

  std::unique_ptr<CURL, FreeEasy> take_easy() {
    if (spare_.empty()) return std::unique_ptr<CURL, FreeEasy>(curl_easy_init());
    auto easy = std::move(spare_.back());
    spare_.pop_back();
    return easy;
  }

  /// Milliseconds between looks for new transfers where libcurl got no descriptor to be woken by.
  static constexpr int look_again = 50;

  const TransportOptions options_;
  bool wakes_ = false;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Transfer>> incoming_;
  std::vector<std::shared_ptr<Transfer>> abandoned_;
  // The thread's own.
  ConnectionGates gates_;
  std::unordered_map<CURL*, CurlTransfer> handles_;
  std::unordered_map<Transfer*, CURL*> by_transfer_;
  std::vector<std::unique_ptr<CURL, FreeEasy>> spare_;
  std::optional<std::jthread> thread_;

  friend class Transport;

  /// The loop ends every transfer by its own timeout; the caller leaves earlier only when stopped.
  HttpResult wait(const std::shared_ptr<Transfer>& transfer, const std::stop_token& stop) {
    std::unique_lock lock(transfer->mutex);
    if (!transfer->changed.wait(lock, stop, [&] { return transfer->done; })) {
      lock.unlock();
      abandon(transfer);
      return tl::unexpected(stopped_error());
    }
    if (transfer->error) return tl::unexpected(*transfer->error);
    HttpResponse answer = std::move(transfer->answer);
    lock.unlock();
    const auto encoding = answer.headers.find("content-encoding");
    if (encoding == answer.headers.end() || encoding->second != "gzip") return answer;
    auto body = gunzip(answer.body, transfer->largest_answer);
    if (!body) return tl::unexpected(std::move(body.error()));
    answer.body = std::move(*body);
    return answer;
  }

  class LoopStream;
};

class Transport::Loop::LoopStream final : public Stream {
 public:
  LoopStream(Loop& loop, std::shared_ptr<Transfer> transfer) : loop_(loop), transfer_(std::move(transfer)) {}
  LoopStream(const LoopStream&) = delete;
  LoopStream& operator=(const LoopStream&) = delete;
  ~LoopStream() override { loop_.abandon(transfer_); }

  Piece next(std::chrono::milliseconds timeout, const std::stop_token& stop) override {
    std::unique_lock lock(transfer_->mutex);
    transfer_->changed.wait_for(lock, stop, timeout,
                                [&] { return transfer_->done || !transfer_->answer.body.empty(); });
    Piece piece;
    if (!transfer_->answer.body.empty()) {
      piece.bytes = std::exchange(transfer_->answer.body, {});
      piece.head.status = transfer_->answer.status;
      return piece;
    }
    if (stop.stop_requested()) {
      piece.ended = true;
      piece.error = stopped_error();
    } else if (transfer_->done) {
      piece.ended = true;
      piece.head = transfer_->answer;
      piece.error = transfer_->error;
    }
    return piece;
  }

 private:
  Loop& loop_;
  std::shared_ptr<Transfer> transfer_;
};

Transport::Transport(TransportOptions options) : loop_(std::make_unique<Loop>(std::move(options))) {}
Transport::~Transport() = default;

HttpResult Transport::send(const Call& call, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  if (stop.stop_requested()) return tl::unexpected(stopped_error());
  const auto transfer = loop_->make(call, timeout, false);
  loop_->submit({transfer});
  return loop_->wait(transfer, stop);
}

std::vector<HttpResult> Transport::send_all(const std::vector<Call>& calls, std::chrono::milliseconds timeout,
                                            const std::stop_token& stop) {
  std::vector<HttpResult> answers;
  answers.reserve(calls.size());
  if (stop.stop_requested()) {
    answers.assign(calls.size(), HttpResult(tl::unexpected(stopped_error())));
    return answers;
  }
  std::vector<std::shared_ptr<Transfer>> transfers;
  transfers.reserve(calls.size());
  for (const Call& call : calls) transfers.push_back(loop_->make(call, timeout, false));
  loop_->submit(transfers);
  for (const auto& transfer : transfers) answers.push_back(loop_->wait(transfer, stop));
  return answers;
}

std::unique_ptr<Stream> Transport::open(const Call& call, std::chrono::milliseconds timeout) {
  auto transfer = loop_->make(call, timeout, true);
  loop_->submit({transfer});
  return std::make_unique<Loop::LoopStream>(*loop_, std::move(transfer));
}

UpgradeResult Transport::upgrade(const Call& call, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  return open_websocket(call, loop_->options_, timeout, stop);
}

}  // namespace mesh::kubernetes
