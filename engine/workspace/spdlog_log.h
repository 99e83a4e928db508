#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/port/log.h"
#include "engine/workspace/open_log.h"

namespace mesh {

/// A log behind whose sink no credential comes out, whatever is written. `lines` gets one line at a time, never two at
/// once. `now`: the time of an entry as it is shown.
std::unique_ptr<Log> make_spdlog_log(LogLevel level, LogFormat format, std::function<void(std::string_view)> lines,
                                     std::function<std::string()> now);

}  // namespace mesh
