#include "providers/kubernetes/object_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "providers/kubernetes/api.h"
#include "providers/kubernetes/status.h"

namespace mesh::kubernetes {
namespace {

using std::chrono::milliseconds;

/// An object of a cluster is at most 1.5 MiB in etcd; a longer line is not an event.
constexpr std::size_t longest_line = 16U << 20U;

}  // namespace

std::vector<std::string> LineSplitter::add(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) {
      rest_ += bytes;
      break;
    }
    rest_ += bytes.substr(0, end);
    if (!rest_.empty() && rest_ != "\r") lines.push_back(std::exchange(rest_, {}));
    rest_.clear();
    bytes.remove_prefix(end + 1);
  }
  return lines;
}

Diagnostic ObjectWatch::not_ready() const {
  if (last_.state == Readiness::State::failed) {
    return {.code = Code::not_ready,
            .where = where_of(attempt_),
            .summary = "controller gave up on the object",
            .cause = last_.message,
            .hint = "look at its pods and their events; once the reason is gone, apply again"};
  }
  return {.code = Code::not_ready,
          .where = where_of(attempt_),
          .summary = "object did not become ready in time",
          .cause = last_.ready() ? "the API server said nothing about it in time" : last_.message,
          .hint = "look at the object and its events, or allow more time with --timeout"};
}

Diagnostic ObjectWatch::cancelled() const { return diagnose(TransportError{Fault::stopped, ""}, attempt_); }

Result<ObjectWatch::Next> ObjectWatch::look(const std::vector<Object>& objects) {
  if (!read_.id.name.empty()) {
    const auto found = std::find_if(objects.begin(), objects.end(),
                                    [&](const Object& object) { return object.id.name == read_.id.name; });
    return look(found == objects.end() ? nullptr : &*found);
  }
  for (const Object& object : objects) {
    if (auto next = look(&object); !next) return next;
  }
  return Next::watch_on;
}

Result<ObjectWatch::Next> ObjectWatch::look(const Object* object) {
  Readiness now = (*judge_)(object);
  // Of a list another one may fail yet.
  if (now.ready()) return read_.id.name.empty() ? Next::watch_on : Next::done;
  if (now.message != last_.message && *on_change_) (*on_change_)(now.message);
  last_ = std::move(now);
  if (last_.state == Readiness::State::failed) return failure(not_ready());
  return Next::watch_on;
}

Result<void> ObjectWatch::wait(const JudgeReadiness& judge, const std::function<void(const std::string&)>& on_change,
                               const CallLimits& limits) {
  judge_ = &judge;
  on_change_ = &on_change;
  Next next = Next::list_again;
  int failures = 0;
  for (;;) {
    if (limits.stop.stop_requested()) return failure(cancelled());
    if (remaining(limits.deadline, request_sender_.clock().now()).count() == 0) return failure(not_ready());
    heard_ = false;
    auto result = next == Next::list_again ? list(limits) : watch(limits);
    if (!result) return failure(std::move(result.error()));
    if (*result == Next::done) return {};
    if (heard_) failures = 0;
    // A version that the server has forgotten twice in a row, or a watch that it ends at once: no busy loop.
    const bool again_at_once = next == Next::list_again || (heard_ && *result != Next::try_later);
    next = *result == Next::watch_on ? Next::watch_on : Next::list_again;
    if (again_at_once) continue;
    if (++failures == 1) continue;
    Clock& clock = request_sender_.clock();
    const milliseconds delay = std::min(request_sender_.delay(failures - 1), remaining(limits.deadline, clock.now()));
    if (limits.on_retry) limits.on_retry(why_again_, delay);
    clock.sleep_until(clock.now() + delay, limits.stop);
  }
}

Result<ObjectWatch::Next> ObjectWatch::list(const CallLimits& limits) {
  Attempt attempt = attempt_;
  attempt.verb = "list";
  auto reply = request_sender_.send(origin_, {find_request(read_), attempt}, limits);
  if (!reply) {
    const bool late = reply.error().front().code == Code::timed_out && !last_.ready();
    return late ? failure(not_ready()) : failure(std::move(reply.error()));
  }
  attempt.tries = reply->tries;
  if (reply->answer.status != 200) return failure(diagnose(reply->answer, attempt));
  auto page = parse_page(reply->answer.body, read_.id);
  if (!page) {
    for (Diagnostic& diagnostic : page.error()) diagnostic.where = where_of(attempt_);
    return failure(std::move(page.error()));
  }
  resource_version_ = page->resource_version;
  return look(page->objects);
}

Result<ObjectWatch::Next> ObjectWatch::watch(const CallLimits& limits) {
  const auto& clock = request_sender_.clock();
  const auto left = std::chrono::ceil<std::chrono::seconds>(remaining(limits.deadline, clock.now()));
  // The server ends it before a connection that died unseen would matter; proxies often cut at five minutes.
  const int seconds = static_cast<int>(std::clamp<long long>(left.count(), 1, 240));
  const auto started = clock.now();
  auto stream = request_sender_.open(origin_, {watch_request(read_, resource_version_, seconds), attempt_}, limits,
                                     std::chrono::seconds(seconds + 15));
  if (!stream) return failure(std::move(stream.error()));
  LineSplitter lines;
  HttpResponse refusal;
  for (;;) {
    const milliseconds rest = remaining(limits.deadline, clock.now());
    if (rest.count() == 0) return failure(not_ready());
    Stream::Piece piece = (*stream)->next(rest, limits.stop);
    if (limits.stop.stop_requested()) return failure(cancelled());
    if (piece.ended) {
      // A watch that was served for a while ended in the ordinary way.
      heard_ = heard_ || clock.now() - started > std::chrono::seconds(1);
      if (piece.error) {
        why_again_ = "the watch broke: " + piece.error->detail;
        if (!retry_of(*piece.error)) return failure(diagnose(*piece.error, attempt_));
        return Next::list_again;
      }
      refusal.status = piece.head.status;
      refusal.headers = piece.head.headers;
      break;
    }
    if (piece.head.status != 200) {
      refusal.body += piece.bytes.substr(0, longest_line - std::min(longest_line, refusal.body.size()));
      continue;
    }
    for (const std::string& line : lines.add(piece.bytes)) {
      auto next = take(line);
      if (!next || *next != Next::watch_on) return next;
    }
    if (lines.pending() > longest_line) {
      return failure(diagnose(TransportError{Fault::too_large, ""}, attempt_));
    }
  }
  if (refusal.status == 200) {
    why_again_ = "the watch ended";
    return Next::watch_on;
  }
  why_again_ = fmt::format("the watch was answered with {}", refusal.status);
  // The list that follows renews the credential, or says that it is refused.
  const bool again = refusal.status == 410 || refusal.status == 401 || retry_of(refusal, clock.wall());
  if (again) return Next::try_later;
  return failure(diagnose(refusal, attempt_));
}

Result<ObjectWatch::Next> ObjectWatch::take(const std::string& line) {
  auto event = parse_watch_event(line, read_.id);
  if (!event) {
    for (Diagnostic& diagnostic : event.error()) diagnostic.where = where_of(attempt_);
    return failure(std::move(event.error()));
  }
  if (!event->resource_version.empty()) resource_version_ = event->resource_version;
  switch (event->kind) {
    case WatchEvent::Kind::bookmark:
      heard_ = true;
      return Next::watch_on;
    case WatchEvent::Kind::added_or_modified:
    case WatchEvent::Kind::deleted: {
      heard_ = true;
      const bool gone = event->kind == WatchEvent::Kind::deleted;
      if (read_.id.name.empty()) return gone ? Next::watch_on : look(&*event->object);
      if (event->object->id.name != read_.id.name) return Next::watch_on;
      return look(gone ? nullptr : &*event->object);
    }
    case WatchEvent::Kind::expired:
      why_again_ = "the server has forgotten the version that was watched";
      return Next::list_again;
    case WatchEvent::Kind::failed:
      why_again_ = "the watch failed: " + event->message;
      return Next::try_later;
  }
  return Next::list_again;
}

}  // namespace mesh::kubernetes
