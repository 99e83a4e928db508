#include "providers/kubernetes/transport/connection_gate.h"

#include <gtest/gtest.h>

#include <set>

#include "providers/kubernetes/transport/transfer.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using Held = ConnectionGates::Transfers;

class ConnectionGateTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const Endpoint> endpoint(const char* server = "https://here") {
    return std::make_shared<const Endpoint>(Endpoint{.server = server});
  }
  static std::shared_ptr<Transfer> transfer(std::shared_ptr<const Endpoint> to, bool fresh = false) {
    auto made = std::make_shared<Transfer>();
    made->call = {std::move(to), {.fresh_connection = fresh}};
    return made;
  }

  ConnectionGates gates_;
  const std::shared_ptr<const Endpoint> here_ = endpoint();
  const std::shared_ptr<Transfer> first_ = transfer(here_);
  const std::shared_ptr<Transfer> second_ = transfer(here_);
  const std::shared_ptr<Transfer> third_ = transfer(here_);
};

TEST_F(ConnectionGateTest, hold_all_but_the_first_until_its_connection_stands) {
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_FALSE(gates_.admit(third_));
  EXPECT_EQ(gates_.released(), Held{});
  first_->connected = true;
  EXPECT_EQ(gates_.released(), (Held{second_, third_}));
  EXPECT_EQ(gates_.released(), Held{});
  EXPECT_TRUE(gates_.admit(transfer(here_)));
  EXPECT_EQ(gates_.ended(*first_), Held{});
  EXPECT_TRUE(gates_.admit(transfer(here_)));
}

TEST_F(ConnectionGateTest, are_one_per_endpoint) {
  const auto there = endpoint("https://there");
  const auto other = transfer(there);
  const auto behind_other = transfer(there);
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_TRUE(gates_.admit(other));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_FALSE(gates_.admit(behind_other));
  other->connected = true;
  EXPECT_EQ(gates_.released(), Held{behind_other});
  EXPECT_FALSE(gates_.admit(third_));
  EXPECT_EQ(gates_.ended(*first_), (Held{second_, third_}));
}

TEST_F(ConnectionGateTest, are_one_for_equal_endpoints) {
  EXPECT_TRUE(gates_.admit(first_));
  const auto behind = transfer(endpoint());
  EXPECT_FALSE(gates_.admit(behind));
  first_->connected = true;
  EXPECT_EQ(gates_.released(), Held{behind});
}

TEST_F(ConnectionGateTest, let_the_next_try_after_a_first_that_never_connected) {
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_FALSE(gates_.admit(third_));
  EXPECT_EQ(gates_.ended(*first_), (Held{second_, third_}));
  EXPECT_EQ(gates_.ended(*first_), Held{});
  EXPECT_TRUE(gates_.admit(second_));
  EXPECT_FALSE(gates_.admit(third_));
  second_->connected = true;
  EXPECT_EQ(gates_.released(), Held{third_});
}

TEST_F(ConnectionGateTest, stay_open_when_the_first_ended_with_a_connection) {
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_FALSE(gates_.admit(second_));
  first_->connected = true;
  EXPECT_EQ(gates_.ended(*first_), Held{second_});
  EXPECT_TRUE(gates_.admit(second_));
  EXPECT_TRUE(gates_.admit(third_));
}

TEST_F(ConnectionGateTest, do_not_care_for_the_end_of_others) {
  const auto stranger = transfer(endpoint("https://there"));
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_EQ(gates_.ended(*second_), Held{});
  EXPECT_EQ(gates_.ended(*stranger), Held{});
  first_->connected = true;
  EXPECT_EQ(gates_.released(), Held{second_});
}

TEST_F(ConnectionGateTest, forget_only_what_they_hold) {
  EXPECT_FALSE(gates_.forget(*first_));
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_FALSE(gates_.admit(third_));
  EXPECT_FALSE(gates_.forget(*first_));
  EXPECT_TRUE(gates_.forget(*second_));
  EXPECT_FALSE(gates_.forget(*second_));
  EXPECT_FALSE(gates_.forget(*transfer(endpoint("https://there"))));
  first_->connected = true;
  EXPECT_EQ(gates_.released(), Held{third_});
}

TEST_F(ConnectionGateTest, let_fresh_connections_pass_by) {
  const auto early = transfer(here_, true);
  EXPECT_TRUE(gates_.admit(early));
  // Its connection is nobody else's.
  early->connected = true;
  EXPECT_EQ(gates_.released(), Held{});
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_TRUE(gates_.admit(transfer(here_, true)));
  EXPECT_EQ(gates_.ended(*early), Held{});
  EXPECT_EQ(gates_.ended(*first_), Held{second_});
}

TEST_F(ConnectionGateTest, give_up_those_whose_time_is_over) {
  EXPECT_EQ(gates_.next_overdue(), std::nullopt);
  first_->timeout = 1s;
  second_->timeout = 30s;
  third_->timeout = 20s;
  const auto fourth = transfer(here_);
  fourth->timeout = 40s;
  EXPECT_TRUE(gates_.admit(first_));
  // The first is libcurl's to end.
  EXPECT_EQ(gates_.next_overdue(), std::nullopt);
  for (const auto& held : {second_, third_, fourth}) EXPECT_FALSE(gates_.admit(held));
  EXPECT_EQ(gates_.next_overdue(), third_->submitted + 20s);
  EXPECT_EQ(gates_.overdue(third_->submitted + 20s - 1ns), Held{});
  EXPECT_EQ(gates_.overdue(third_->submitted + 20s), Held{third_});
  EXPECT_EQ(gates_.next_overdue(), second_->submitted + 30s);
  EXPECT_EQ(gates_.overdue(second_->submitted + 30s), Held{second_});
  first_->connected = true;
  EXPECT_EQ(gates_.released(), Held{fourth});
  EXPECT_EQ(gates_.next_overdue(), std::nullopt);
}

TEST_F(ConnectionGateTest, give_up_everything_held_at_the_end) {
  const auto there = endpoint("https://there");
  const auto behind_other = transfer(there);
  EXPECT_TRUE(gates_.admit(first_));
  EXPECT_TRUE(gates_.admit(transfer(there)));
  EXPECT_FALSE(gates_.admit(second_));
  EXPECT_FALSE(gates_.admit(behind_other));
  const Held held = gates_.all();
  EXPECT_EQ(std::set(held.begin(), held.end()), (std::set{second_, behind_other}));
  EXPECT_EQ(gates_.all(), Held{});
}

}  // namespace
}  // namespace mesh::kubernetes
