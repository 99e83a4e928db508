#include "engine/jobs/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace mesh {
namespace {

TEST(Channel, oldest_first) {
  Channel<std::unique_ptr<int>> channel;
  channel.push(std::make_unique<int>(1));
  channel.push(std::make_unique<int>(2));
  EXPECT_EQ(**channel.pop(), 1);
  EXPECT_EQ(**channel.pop(), 2);
}

TEST(Channel, stop_ends_a_wait) {
  Channel<int> channel;
  std::optional<int> got = 1;
  {
    std::jthread reader([&](const std::stop_token& stop) { got = channel.pop(stop); });
  }
  EXPECT_EQ(got, std::nullopt);
}

TEST(Channel, what_is_left_is_still_given_after_a_stop) {
  Channel<int> channel;
  channel.push(1);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(channel.pop(stop.get_token()), 1);
  EXPECT_EQ(channel.pop(stop.get_token()), std::nullopt);
}

TEST(Channel, each_value_reaches_one_of_many_readers) {
  Channel<int> todo;
  Channel<int> done;
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i) {
      readers.emplace_back([&](const std::stop_token& stop) {
        while (const auto value = todo.pop(stop)) done.push(*value);
      });
    }
    for (int i = 0; i < 100; ++i) todo.push(i);
  }
  std::set<int> seen;
  for (int i = 0; i < 100; ++i) seen.insert(*done.pop());
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace mesh
