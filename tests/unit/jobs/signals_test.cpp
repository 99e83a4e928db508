#include "engine/jobs/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace mesh {
namespace {

using std::chrono::milliseconds;
using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

constexpr int went_on = 42;

bool heard(const Signals& signals) {
  for (int i = 0; i < 500 && !signals.token().stop_requested(); ++i) std::this_thread::sleep_for(milliseconds(10));
  return signals.token().stop_requested();
}

[[noreturn]] void after(std::initializer_list<int> sent, milliseconds between) {
  {
    const Signals signals;
    for (const int signal : sent) {
      kill(getpid(), signal);
      if (!heard(signals)) _exit(1);
      std::this_thread::sleep_for(between);
    }
  }
  _exit(went_on);
}

// Death tests run in a child, so that a signal ends nothing else.
TEST(SignalsDeathTest, one_of_any_kind_asks_for_a_stop) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(after({signal}, milliseconds(50)), ExitedWithCode(went_on), "") << signal;
  }
}

TEST(SignalsDeathTest, several_at_once_ask_for_the_same_stop) {
  EXPECT_EXIT(after({SIGTERM, SIGTERM, SIGHUP, SIGINT}, milliseconds(20)), ExitedWithCode(went_on), "");
}

TEST(SignalsDeathTest, ctrl_c_that_is_typed_again_later_ends_the_process) {
  EXPECT_EXIT(after({SIGINT, SIGINT}, milliseconds(1100)), KilledBySignal(SIGINT), "");
  EXPECT_EXIT(after({SIGTERM, SIGINT, SIGINT}, milliseconds(1100)), KilledBySignal(SIGINT), "");
}

TEST(SignalsDeathTest, no_other_signal_ends_the_process_however_often_it_comes) {
  EXPECT_EXIT(after({SIGINT, SIGTERM, SIGTERM, SIGHUP}, milliseconds(1100)), ExitedWithCode(went_on), "");
  EXPECT_EXIT(after({SIGTERM, SIGINT}, milliseconds(1100)), ExitedWithCode(went_on), "");
}

TEST(SignalsDeathTest, a_hang_up_that_is_ignored_stays_so) {
  EXPECT_EXIT(
      {
        std::signal(SIGHUP, SIG_IGN);
        {
          const Signals signals;
          kill(getpid(), SIGHUP);
          std::this_thread::sleep_for(milliseconds(100));
          if (signals.token().stop_requested()) _exit(1);
        }
        _exit(went_on);
      },
      ExitedWithCode(went_on), "");
}

}  // namespace
}  // namespace mesh
