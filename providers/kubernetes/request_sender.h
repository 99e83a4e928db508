#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/port/log.h"
#include "providers/kubernetes/client.h"
#include "providers/kubernetes/diagnose.h"
#include "providers/kubernetes/kubeconfig/credentials.h"
#include "providers/kubernetes/transport/transport.h"

namespace mesh::kubernetes {

/// Time until the deadline, at least none and at most a day (so that adding it to a time never overflows).
std::chrono::milliseconds remaining(TimePoint deadline, TimePoint now);

/// Whose requests they are: where they go and with which credentials.
class Origin {
 public:
  struct Ready {
    std::shared_ptr<const Endpoint> endpoint;
    std::vector<std::string> headers;
    std::uint64_t generation = 0;
  };

  Origin() = default;
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  virtual ~Origin() = default;

  virtual Result<Ready> ready(TimePoint deadline, const std::stop_token& stop) = 0;
  /// The server answered 401; true: asking again may give another credential.
  virtual bool refused(std::uint64_t generation) = 0;
};

/// The user of a kubeconfig. Thread-safe.
class UserOrigin final : public Origin {
 public:
  UserOrigin(std::shared_ptr<const Access> access, std::shared_ptr<const Environment> environment, bool terminal,
             ReadFile read, Clock& clock);
  Result<Ready> ready(TimePoint deadline, const std::stop_token& stop) override;
  bool refused(std::uint64_t generation) override { return credentials_.refused(generation); }

 private:
  const std::shared_ptr<const Access> access_;
  const std::shared_ptr<const Environment> environment_;
  Credentials credentials_;
  std::mutex mutex_;
  /// Made for the first request: of many clusters that a spec names only a server and an authority may be asked.
  std::shared_ptr<const Endpoint> endpoint_;
};

/// A bearer token and nothing else.
class TokenOrigin final : public Origin {
 public:
  TokenOrigin(Endpoint endpoint, const std::string& token)
      : ready_{std::make_shared<const Endpoint>(std::move(endpoint)), {"Authorization: Bearer " + token}, 0} {}
  Result<Ready> ready(TimePoint, const std::stop_token&) override { return ready_; }
  bool refused(std::uint64_t) override { return false; }

 private:
  Ready ready_;
};

struct RequestSenderOptions {
  /// Of one try.
  std::chrono::milliseconds try_timeout{30000};
  /// Tries when nobody listens at all.
  int tries_unreachable = 3;
  /// In [0, 1]; thread-safe.
  std::function<double()> random = [] { return 1.0; };
  /// Every request is logged here; may be null.
  Log* log = nullptr;
};

/// A request with the words for its errors.
struct Request {
  HttpRequest request;
  Attempt attempt;
};

/// An answer, whatever its status.
struct Reply {
  HttpResponse answer;
  int tries = 1;
};

/// Sends requests until they are answered for good: repeats what may be repeated within the limits, renews credentials
/// once after a 401. All requests that mesh sends may be repeated: reads, patches of the whole desired state, deletes
/// by uid. Thread-safe.
class RequestSender {
 public:
  RequestSender(std::shared_ptr<Http> http, Clock& clock, RequestSenderOptions options)
      : http_(std::move(http)), clock_(clock), options_(std::move(options)) {}

  /// All at once; answers in the order of the requests. Errors: those of `diagnose` for transport failures, and of the
  /// credentials.
  std::vector<Result<Reply>> send_all(Origin& origin, const std::vector<Request>& requests, const CallLimits& limits);
  Result<Reply> send(Origin& origin, const Request& request, const CallLimits& limits);

  /// One try of a request whose answer is read while it comes.
  Result<std::unique_ptr<Stream>> open(Origin& origin, const Request& request, const CallLimits& limits,
                                       std::chrono::milliseconds timeout);
  /// Asks for a WebSocket until it stands or is refused for good. Without a socket: the last answer. Errors: as above.
  Result<Upgraded> upgrade(Origin& origin, const Request& request, const CallLimits& limits);
  std::chrono::milliseconds delay(int failures, std::optional<std::chrono::milliseconds> after = std::nullopt) const;

  std::size_t requests_sent() const { return requests_; }
  Clock& clock() const { return clock_; }

 private:
  struct PendingRequest;
  /// `stop`: no request is sent any more.
  void round(Origin& origin, const std::vector<Request>& requests, std::vector<PendingRequest>& pending,
             const CallLimits& limits, const std::stop_token& stop);
  /// Waits before another try, told to `on_retry`. False: stopped, or it would be past the deadline.
  bool pause(const std::string& why, std::chrono::milliseconds delay, const CallLimits& limits,
             const std::stop_token& stop);
  static Diagnostic given_up(const PendingRequest& pending, const Request& request);
  void settle(PendingRequest& pending, HttpResult result, const Request& request, Origin& origin,
              std::uint64_t generation, const CallLimits& limits);

  std::shared_ptr<Http> http_;
  Clock& clock_;
  RequestSenderOptions options_;
  std::atomic<std::size_t> requests_ = 0;
};

}  // namespace mesh::kubernetes
