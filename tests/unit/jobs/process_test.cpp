#include "engine/jobs/process.h"

#include <gtest/gtest.h>

#include <csignal>
#include <sstream>
#include <thread>

namespace mesh {
namespace {

using namespace std::chrono_literals;
using How = ProcessEnd::How;

ProcessStart shell(const std::string& script, std::string input = {}) {
  return {
      .command = "/bin/sh", .args = {"-c", script}, .environment = {"PATH=/usr/bin:/bin"}, .input = std::move(input)};
}

TEST(Process, reads_its_input_and_then_the_end_of_it) {
  const ProcessEnd end = run_process(shell("cat; echo over; echo aside >&2", "one\ntwo\n"), 10s, {});
  EXPECT_EQ(end.how, How::exited);
  EXPECT_EQ(end.number, 0);
  EXPECT_EQ(end.out, "one\ntwo\nover\n");
  EXPECT_EQ(end.err, "aside\n");
}

TEST(Process, one_that_reads_nothing_is_no_trouble) {
  EXPECT_EQ(run_process(shell("exit 3", std::string(4096, 'x')), 10s, {}).number, 3);
  EXPECT_EQ(run_process(shell("cat"), 10s, {}).out, "");
}

TEST(Process, too_much_input_is_refused) {
  EXPECT_EQ(run_process(shell("cat", std::string(4097, 'x')), 10s, {}).how, How::not_startable);
}

TEST(Process, is_ended_with_its_children_at_the_deadline) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run_process(shell("sleep 60 & sleep 60"), 100ms, {}).how, How::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
}

TEST(Process, is_ended_at_the_stop) {
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(run_process(shell("sleep 60"), 60s, stop.get_token()).how, How::stopped);
}

TEST(Process, starts_with_the_signals_of_a_fresh_shell_command) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  const ProcessEnd end = run_process(shell("grep -oP '^Sig(Blk|Ign):\\t\\K.*' /proc/self/status"), 10s, {});
  std::signal(SIGPIPE, handler);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::istringstream masks(end.out);
  for (const char* name : {"blocked", "ignored"}) {
    std::string mask;
    masks >> mask;
    ASSERT_EQ(mask.size(), 16U) << end.out;
    // The lower 31; glibc has two of its own above.
    EXPECT_EQ(std::stoull(mask, nullptr, 16) & 0x7fffffffU, 0U) << name;
  }
}

}  // namespace
}  // namespace mesh
