#include "engine/cli/sim/sim_command.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "engine/jobs/spawn.h"

namespace mesh::cli {
namespace {

constexpr std::chrono::seconds grace{10};

std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!more.contains(text.substr(0, text.find('=')))) entries.push_back(text);
  }
  for (const auto& [name, value] : more) entries.push_back(name + "=" + value);
  return entries;
}

/// Until it has ended, which leaves its id and that of its group to it.
void wait_for_end(pid_t pid) {
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
}

/// Waits for the end; a stop is passed on to `target`, a process or with a minus a group.
void wait_or_stop(pid_t pid, pid_t target, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool ended = false;
  const std::jthread waiter([&] {
    wait_for_end(pid);
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  });
  const auto is_over = [&ended] { return ended; };
  std::unique_lock lock(mutex);
  if (changed.wait(lock, stop, is_over)) return;
  kill(target, SIGTERM);
  if (changed.wait_for(lock, grace, is_over)) return;
  kill(target, SIGKILL);
  changed.wait(lock, is_over);
}

}  // namespace

CommandEnd run_command(const std::vector<std::string>& command, const std::map<std::string, std::string>& more,
                       const std::stop_token& stop) {
  // A group of its own can be stopped with all that it started; but it could not read from the terminal, whose Ctrl-C
  // reaches everybody anyway.
  const bool own_group = isatty(STDIN_FILENO) == 0;
  pid_t pid = 0;
  const SpawnRequest request{.words = command, .environment = environment_with(more), .own_group = own_group};
  if (const int error = spawn(request, pid); error != 0) {
    return {.started = false, .code = error == ENOENT ? 127 : 126};
  }
  wait_or_stop(pid, own_group ? -pid : pid, stop);
  // What it left running had the clusters to work with, and has them no more.
  if (own_group) kill(-pid, SIGTERM);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {.started = true, .code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
}

}  // namespace mesh::cli
