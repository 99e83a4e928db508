#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "engine/port/log.h"

namespace mesh {

enum class LogFormat { text, json };

/// What is logged: nothing, unless there is a level.
struct LogRequest {
  std::optional<LogLevel> level = std::nullopt;
  /// Appended to; created for its owner alone. Nothing: stderr.
  std::optional<std::string> file = std::nullopt;
  LogFormat format = LogFormat::text;
};

/// A log of one line per entry: `TIME request cluster=c1 verb=GET status=200`, or a JSON object with `time` and
/// `message`. Null where nothing is asked for. Without a file, `lines` gets whole lines, from any thread. Errors:
/// file_not_writable.
Result<std::unique_ptr<Log>> open_log(const LogRequest& request, std::function<void(std::string_view)> lines,
                                      const Clock& clock);

}  // namespace mesh
