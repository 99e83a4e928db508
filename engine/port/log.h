#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace mesh {

/// How much is logged; each includes those before it.
enum class LogLevel { decisions = 1, requests = 2, headers = 3 };

/// Where mesh reports how it works, when it is asked to. Whoever has no Log (a null pointer) logs nothing. What looks
/// like a credential never reaches the log, whoever writes it. Thread-safe.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  virtual LogLevel level() const = 0;
  /// One entry. `fields`: nothing, or an object, shown in its order: `{"cluster": "dc1", "status": 200}`.
  virtual void write(LogLevel level, std::string_view message, const nlohmann::ordered_json& fields) = 0;
};

/// Whether an entry of this level is written, so that its fields need not be built for nothing.
inline bool logs(const Log* log, LogLevel level) { return log != nullptr && log->level() >= level; }

}  // namespace mesh
