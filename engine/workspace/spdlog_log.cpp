#include "engine/workspace/spdlog_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/printable.h"
#include "engine/workspace/redact_entry.h"

namespace mesh {
namespace {

using nlohmann::ordered_json;

/// What is logged comes from anywhere: bytes that are not UTF-8 are replaced, and what steers a terminal is escaped.
std::string dump(const ordered_json& value) {
  return escaped_json(value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

/// A word as it is, any other text as JSON shows it.
std::string text_of(const ordered_json& value) {
  if (!value.is_string()) return dump(value);
  const auto& text = value.get_ref<const std::string&>();
  const bool word = !text.empty() && text.find_first_of(" \t\r\n\"=") == std::string::npos;
  return word ? text : dump(value);
}

std::string line_of(const ordered_json& entry) {
  std::string line = entry.at("time").get<std::string>() + " " + entry.at("message").get<std::string>();
  for (const auto& [name, value] : entry.items()) {
    if (name != "time" && name != "message") line += " " + name + "=" + text_of(value);
  }
  return printable(line);
}

/// Takes entries as JSON, hides what is secret and writes lines. The base class locks.
class RedactingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  RedactingSink(LogFormat format, std::function<void(std::string_view)> lines)
      : format_(format), lines_(std::move(lines)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view payload(message.payload.data(), message.payload.size());
    const ordered_json entry = redact_entry(ordered_json::parse(payload));
    lines_((format_ == LogFormat::json ? dump(entry) : line_of(entry)) + "\n");
  }
  void flush_() override {}

 private:
  const LogFormat format_;
  const std::function<void(std::string_view)> lines_;
};

class SpdlogLog final : public Log {
 public:
  SpdlogLog(LogLevel level, LogFormat format, std::function<void(std::string_view)> lines,
            std::function<std::string()> now)
      : level_(level),
        now_(std::move(now)),
        logger_("mesh", std::make_shared<RedactingSink>(format, std::move(lines))) {
    logger_.set_level(to_spdlog(level));
  }

  LogLevel level() const override { return level_; }

  void write(LogLevel level, std::string_view message, const ordered_json& fields) override {
    if (level > level_) return;
    ordered_json entry = {{"time", now_()}, {"message", message}};
    if (fields.is_object()) entry.update(fields);
    const std::string text = dump(entry);
    logger_.log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
  }

 private:
  static spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
      case LogLevel::decisions:
        return spdlog::level::info;
      case LogLevel::requests:
        return spdlog::level::debug;
      default:
        return spdlog::level::trace;
    }
  }

  const LogLevel level_;
  const std::function<std::string()> now_;
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<Log> make_spdlog_log(LogLevel level, LogFormat format, std::function<void(std::string_view)> lines,
                                     std::function<std::string()> now) {
  return std::make_unique<SpdlogLog>(level, format, std::move(lines), std::move(now));
}

}  // namespace mesh
