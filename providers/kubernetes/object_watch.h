#pragma once

#include <functional>
#include <string>
#include <vector>

#include "providers/kubernetes/client.h"
#include "providers/kubernetes/request_sender.h"

namespace mesh::kubernetes {

/// Cuts a stream of bytes into lines.
class LineSplitter {
 public:
  /// The lines that these bytes complete, without empty ones.
  std::vector<std::string> add(std::string_view bytes);
  /// Bytes of the line that is not yet complete.
  std::size_t pending() const { return rest_.size(); }

 private:
  std::string rest_;
};

/// Waits until one object is ready, or one of a list failed: lists, then watches from there; lists again when the
/// server has forgotten that version. Never polls. Errors: those of Client::wait and of the list.
class ObjectWatch {
 public:
  ObjectWatch(RequestSender& request_sender, Origin& origin, Attempt attempt, Read read)
      : request_sender_(request_sender), origin_(origin), attempt_(std::move(attempt)), read_(std::move(read)) {}

  Result<void> wait(const JudgeReadiness& judge, const std::function<void(const std::string&)>& on_change,
                    const CallLimits& limits);

 private:
  enum class Next { watch_on, list_again, try_later, done };
  Result<Next> list(const CallLimits& limits);
  Result<Next> watch(const CallLimits& limits);
  Result<Next> take(const std::string& line);
  /// Those that a list found.
  Result<Next> look(const std::vector<Object>& objects);
  Result<Next> look(const Object* object);
  Diagnostic not_ready() const;
  Diagnostic cancelled() const;

  RequestSender& request_sender_;
  Origin& origin_;
  Attempt attempt_;
  /// Without a name: a list.
  Read read_;
  const JudgeReadiness* judge_ = nullptr;
  const std::function<void(const std::string&)>* on_change_ = nullptr;
  std::string resource_version_;
  Readiness last_;
  std::string why_again_;
  bool heard_ = false;
};

}  // namespace mesh::kubernetes
