#include "engine/jobs/within.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>

namespace mesh {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// Work that hangs until the test ends it, and tells whether it was cut.
struct Hanging {
  std::shared_ptr<std::promise<void>> go = std::make_shared<std::promise<void>>();
  std::shared_ptr<std::promise<bool>> cut = std::make_shared<std::promise<bool>>();
  std::function<void(const std::stop_token&)> work() {
    return [go_on = go->get_future().share(), told = cut](const std::stop_token& stop) {
      go_on.wait();
      told->set_value(stop.stop_requested());
    };
  }
  bool was_cut() {
    go->set_value();
    return cut->get_future().get();
  }
};

TEST(Within, work_that_ends_answers) {
  Ended ended = Ended::timed_out;
  const auto answer = answer_within<std::string>({.deadline = Steady::now() + 60s}, ended,
                                                 [](const std::stop_token&) { return std::string("done"); });
  EXPECT_EQ(ended, Ended::done);
  EXPECT_EQ(answer, "done");
}

TEST(Within, a_throw_comes_out) {
  const auto work = [](const std::stop_token&) { throw std::runtime_error("no"); };
  EXPECT_THROW(run_within({.deadline = Steady::now() + 60s}, work), std::runtime_error);
}

TEST(Within, work_that_hangs_is_left_at_the_deadline) {
  Hanging hanging;
  EXPECT_EQ(run_within({.deadline = Steady::now() + 20ms}, hanging.work()), Ended::timed_out);
  EXPECT_TRUE(hanging.was_cut());
}

TEST(Within, work_that_hangs_is_left_at_the_stop) {
  Hanging hanging;
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(run_within({.deadline = Steady::now() + 60s, .stop = stop.get_token()}, hanging.work()), Ended::stopped);
  EXPECT_TRUE(hanging.was_cut());
}

TEST(Within, a_stop_leaves_the_grace) {
  std::stop_source stop;
  stop.request_stop();
  const Patience patient{.deadline = Steady::now() + 60s, .stop = stop.get_token(), .grace = 60s};
  EXPECT_EQ(run_within(patient, [](const std::stop_token&) { std::this_thread::yield(); }), Ended::done);
  Hanging hanging;
  const Patience short_of_time{.deadline = Steady::now() + 60s, .stop = stop.get_token(), .grace = 20ms};
  EXPECT_EQ(run_within(short_of_time, hanging.work()), Ended::stopped);
  EXPECT_TRUE(hanging.was_cut());
}

}  // namespace
}  // namespace mesh
