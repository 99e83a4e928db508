#include "engine/jobs/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>

#include "tests/support/few_threads.h"

namespace mesh {
namespace {

using testing::FewThreads;

TEST(WorkersTryThread, gives_nothing_where_there_is_none) {
  const FewThreads few(0);
  EXPECT_FALSE(try_thread([](const std::stop_token&) {}));
}

TEST(Workers, are_as_many_as_can_be_had) {
  const FewThreads few(2);
  std::latch both(2);
  const Workers workers(5, [&](const std::stop_token&) { both.arrive_and_wait(); });
  EXPECT_EQ(workers.size(), 2);
}

class WorkersForEachIndex : public ::testing::TestWithParam<int> {};
TEST_P(WorkersForEachIndex, does_all_with_any_number_of_threads) {
  const FewThreads few(GetParam());
  std::mutex mutex;
  std::set<std::size_t> seen;
  bool meanwhile = false;
  for_each_index(
      20, 8,
      [&](std::size_t at) {
        const std::lock_guard lock(mutex);
        EXPECT_TRUE(seen.insert(at).second);
      },
      [&] { meanwhile = true; });
  EXPECT_EQ(seen.size(), 20);
  EXPECT_TRUE(meanwhile);
}
INSTANTIATE_TEST_SUITE_P(Threads, WorkersForEachIndex, ::testing::Values(0, 1, 3, 100));

TEST(WorkersForEachIndexThrows, what_was_thrown_comes_out_after_all_ended) {
  std::atomic<int> calls{0};
  EXPECT_THROW(for_each_index(1000, 4,
                              [&](std::size_t at) {
                                ++calls;
                                if (at == 3) throw std::runtime_error("broken");
                              }),
               std::runtime_error);
  EXPECT_GE(calls, 4);
}

}  // namespace
}  // namespace mesh
