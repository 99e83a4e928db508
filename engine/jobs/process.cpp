#include "engine/jobs/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "engine/jobs/spawn.h"

namespace mesh {
namespace {

using Steady = std::chrono::steady_clock;
using How = ProcessEnd::How;

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  ~Fd() { close(); }
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read = Fd(ends[0]);
  pipe.write = Fd(ends[1]);
  return true;
}

bool open_output(Pipe& pipe) { return open_pipe(pipe) && fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) == 0; }

/// A pipe that holds all of the input, and whose writing end is closed: so nobody ever waits for the child to read.
bool fill_input(Pipe& pipe, const std::string& input) {
  constexpr std::size_t surely_held = 4096;
  if (input.size() > surely_held || !open_pipe(pipe)) return false;
  const bool written = ::write(pipe.write.get(), input.data(), input.size()) == static_cast<ssize_t>(input.size());
  pipe.write.close();
  return written;
}

/// Reads what is there. False: end of file. Bytes past `limit` are dropped, and `over` says so.
bool drain(const Fd& fd, std::string& to, std::size_t limit, bool& over) {
  std::array<char, 16384> buffer{};
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got > 0) {
      const std::size_t room = limit - std::min(limit, to.size());
      over = over || static_cast<std::size_t>(got) > room;
      to.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && errno == EAGAIN;
  }
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

ProcessEnd run_process(const ProcessStart& start, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  constexpr std::size_t largest_out = 1U << 20U;
  constexpr std::size_t largest_err = 64U << 10U;
  ProcessEnd end;
  if (stop.stop_requested()) {
    end.how = How::stopped;
    return end;
  }
  Pipe in;
  Pipe out;
  Pipe err;
  const Fd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const bool fed = start.interactive || fill_input(in, start.input);
  if (wake.get() < 0 || !fed || !open_output(out) || !open_output(err)) return {How::not_startable, errno, {}, {}};
  SpawnRequest request{.words = {start.command},
                       .environment = start.environment,
                       .in = in.read.get(),
                       .out = out.write.get(),
                       .err = err.write.get(),
                       .own_group = !start.interactive};
  request.words.insert(request.words.end(), start.args.begin(), start.args.end());
  pid_t pid = 0;
  if (const int error = spawn(std::move(request), pid); error != 0) {
    return {error == ENOENT ? How::not_found : How::not_startable, error, {}, {}};
  }
  in.read.close();
  out.write.close();
  err.write.close();
  // By number: glibc 2.36 declares the function without C linkage.
  const Fd child(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (child.get() < 0) {
    const int error = errno;
    kill(start.interactive ? pid : -pid, SIGKILL);
    wait_for(pid);
    return {How::not_startable, error, {}, {}};
  }
  const std::stop_callback on_stop(stop, [&wake] {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake.get(), &one, sizeof one);
  });
  const auto deadline = Steady::now() + timeout;
  bool out_open = true;
  bool err_open = true;
  bool ignored = false;
  bool too_much = false;
  bool running = true;
  while (running) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
    if (stop.stop_requested()) {
      end.how = How::stopped;
    } else if (left <= 0) {
      end.how = How::timed_out;
    } else if (too_much) {
      end.how = How::too_much_output;
    }
    if (end.how != How::exited) break;
    std::array<pollfd, 4> waits{pollfd{out_open ? out.read.get() : -1, POLLIN, 0},
                                pollfd{err_open ? err.read.get() : -1, POLLIN, 0}, pollfd{wake.get(), POLLIN, 0},
                                pollfd{child.get(), POLLIN, 0}};
    if (poll(waits.data(), waits.size(), static_cast<int>(std::min<long>(left, 3600000))) < 0 && errno != EINTR) break;
    running = waits[3].revents == 0;
    // Read after the child was seen to end, so that its last words are there; its children may keep the pipe open.
    if (out_open) out_open = drain(out.read, end.out, largest_out, too_much);
    if (err_open) err_open = drain(err.read, end.err, largest_err, ignored);
  }
  if (end.how != How::exited) kill(start.interactive ? pid : -pid, SIGKILL);
  const int status = wait_for(pid);
  if (end.how != How::exited) return end;
  if (WIFSIGNALED(status)) {
    end.how = How::killed_by_signal;
    end.number = WTERMSIG(status);
  } else {
    end.number = WEXITSTATUS(status);
  }
  return end;
}

}  // namespace mesh
