#include "engine/cli/sim/sim_command.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

namespace mesh::cli {
namespace {

constexpr std::chrono::seconds grace{10};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!more.contains(text.substr(0, text.find('=')))) entries.push_back(text);
  }
  for (const auto& [name, value] : more) entries.push_back(name + "=" + value);
  return entries;
}

/// Starts it as a shell would: no signal blocked or ignored, whatever this program does with them.
int spawn(std::vector<std::string> words, std::vector<std::string> environment, bool own_group, pid_t& pid) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  sigdelset(&all, SIGKILL);
  sigdelset(&all, SIGSTOP);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (own_group) flags |= POSIX_SPAWN_SETPGROUP;
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
  const int error = posix_spawnp(&pid, words.front().c_str(), nullptr, &attributes, pointers_to(words).data(),
                                 pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  return error;
}

/// Until it has ended, which leaves its id and that of its group to it.
void wait_for_end(pid_t pid) {
  siginfo_t told{};
  while (waitid(P_PID, static_cast<id_t>(pid), &told, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
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
  if (const int error = spawn(command, environment_with(more), own_group, pid); error != 0) {
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
