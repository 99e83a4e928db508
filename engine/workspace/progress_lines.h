#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <thread>

#include "engine/port/clock.h"
#include "engine/port/progress.h"
#include "engine/render/style.h"

namespace mesh {

/// Columns of the terminal behind stderr; 80 when it does not say.
std::size_t terminal_columns();

/// Progress for people: on a terminal what runs now stands in a block that is drawn anew four times a second; elsewhere
/// one line per event.
class ProgressLines final : public Progress {
 public:
  ProgressLines(std::ostream& out, bool live, Color color, const Clock& clock,
                std::function<std::size_t()> columns = terminal_columns);

  void started(const Address& address, Operation operation) override;
  void waiting(const Address& address, const std::string& what) override;
  void retrying(const Address& address, const std::string& why, std::chrono::milliseconds delay) override;
  void finished(const ActionReport& report) override;

  /// Tells at once that a stop was heard.
  void stopping();
  /// Wipes the live block; called once, when nothing runs any more.
  void close();

 private:
  struct Running {
    Operation operation = Operation::unchanged;
    TimePoint since;
    std::string words;
  };

  /// Prints a lasting line above the live block.
  void say(const std::string& line);
  void wipe();
  void draw();

  std::ostream& out_;
  const bool live_;
  const Color color_;
  const Clock& clock_;
  const std::function<std::size_t()> columns_;
  std::mutex mutex_;
  std::condition_variable_any closed_;
  // All below: under mutex_.
  std::map<Address, Running> running_;
  std::size_t drawn_ = 0;
  TimePoint last_drawn_;
  /// Last, so that it ends before what it draws.
  std::optional<std::jthread> ticker_;
};

}  // namespace mesh
