#include "providers/kubernetes/transport/connection_gate.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "providers/kubernetes/transport/transfer.h"

namespace mesh::kubernetes {
namespace {

std::chrono::steady_clock::time_point deadline_of(const Transfer& transfer) {
  return transfer.submitted + transfer.timeout;
}

}  // namespace

bool ConnectionGates::admit(const std::shared_ptr<Transfer>& transfer) {
  if (transfer->call.request.fresh_connection) return true;
  Gate& gate = gates_[transfer->call.endpoint];
  if (gate.open) return true;
  if (gate.first != nullptr) {
    gate.waiting.push_back(transfer);
    return false;
  }
  gate.first = transfer.get();
  opening_.push_back(&gate);
  return true;
}

ConnectionGates::Transfers ConnectionGates::released() {
  Transfers free;
  std::erase_if(opening_, [&](Gate* gate) {
    if (!gate->first->connected) return false;
    gate->open = true;
    gate->first = nullptr;
    std::move(gate->waiting.begin(), gate->waiting.end(), std::back_inserter(free));
    gate->waiting.clear();
    return true;
  });
  return free;
}

ConnectionGates::Transfers ConnectionGates::ended(const Transfer& transfer) {
  const auto it = std::find_if(opening_.begin(), opening_.end(), [&](Gate* gate) { return gate->first == &transfer; });
  if (it == opening_.end()) return {};
  Gate& gate = **it;
  opening_.erase(it);
  gate.first = nullptr;
  gate.open = transfer.connected;
  return std::exchange(gate.waiting, {});
}

bool ConnectionGates::forget(const Transfer& transfer) {
  const auto gate = gates_.find(transfer.call.endpoint);
  if (gate == gates_.end()) return false;
  return std::erase_if(gate->second.waiting, [&](const auto& held) { return held.get() == &transfer; }) > 0;
}

ConnectionGates::Transfers ConnectionGates::overdue(std::chrono::steady_clock::time_point now) {
  Transfers late;
  for (Gate* gate : opening_) {
    auto& waiting = gate->waiting;
    const auto in_time = [&](const auto& held) { return deadline_of(*held) > now; };
    const auto from = std::stable_partition(waiting.begin(), waiting.end(), in_time);
    std::move(from, waiting.end(), std::back_inserter(late));
    waiting.erase(from, waiting.end());
  }
  return late;
}

std::optional<std::chrono::steady_clock::time_point> ConnectionGates::next_overdue() const {
  std::optional<std::chrono::steady_clock::time_point> next;
  for (const Gate* gate : opening_) {
    for (const auto& held : gate->waiting) next = next ? std::min(*next, deadline_of(*held)) : deadline_of(*held);
  }
  return next;
}

ConnectionGates::Transfers ConnectionGates::all() {
  Transfers held;
  for (auto& [endpoint, gate] : gates_) {
    std::move(gate.waiting.begin(), gate.waiting.end(), std::back_inserter(held));
    gate.waiting.clear();
  }
  return held;
}

}  // namespace mesh::kubernetes
