#include "engine/cli/sim_command.h"

#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace mesh::cli {
namespace {

constexpr int grace_milliseconds = 10000;

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

}  // namespace

int run_command(const std::vector<std::string>& command, const std::map<std::string, std::string>& more,
                const std::stop_token& stop) {
  // A group of its own can be stopped with all that it started; but it could not read from the terminal, whose Ctrl-C
  // reaches everybody anyway.
  const bool own_group = isatty(STDIN_FILENO) == 0;
  pid_t pid = 0;
  if (const int error = spawn(command, environment_with(more), own_group, pid); error != 0) {
    return error == ENOENT ? 127 : 126;
  }
  // By number: glibc 2.36 declares the function without C linkage.
  const int child = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  {
    const std::stop_callback on_stop(stop, [wake] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = ::write(wake, &one, sizeof one);
    });
    bool told = false;
    for (;;) {
      std::array<pollfd, 2> waits{pollfd{child, POLLIN, 0}, pollfd{told ? -1 : wake, POLLIN, 0}};
      const int ready = poll(waits.data(), waits.size(), told ? grace_milliseconds : -1);
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0 || waits[0].revents != 0) break;
      kill(own_group ? -pid : pid, told ? SIGKILL : SIGTERM);
      told = true;
    }
  }
  // What it left running had the clusters to work with, and has them no more.
  if (own_group) kill(-pid, SIGTERM);
  ::close(child);
  ::close(wake);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace mesh::cli
