#include "providers/kubernetes/gates.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "providers/kubernetes/transfer.h"

namespace mesh::kubernetes {

bool Gates::admit(const std::shared_ptr<Transfer>& transfer) {
  if (transfer->call.request.fresh_connection) return true;
  Gate& gate = gates_[transfer->call.endpoint.get()];
  if (gate.open) return true;
  if (gate.first != nullptr) {
    gate.waiting.push_back(transfer);
    return false;
  }
  gate.endpoint = transfer->call.endpoint;
  gate.first = transfer.get();
  opening_.push_back(&gate);
  return true;
}

Gates::Transfers Gates::released() {
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

Gates::Transfers Gates::ended(const Transfer& transfer) {
  const auto it = std::find_if(opening_.begin(), opening_.end(), [&](Gate* gate) { return gate->first == &transfer; });
  if (it == opening_.end()) return {};
  Gate& gate = **it;
  opening_.erase(it);
  gate.first = nullptr;
  gate.open = transfer.connected;
  return std::exchange(gate.waiting, {});
}

bool Gates::forget(const Transfer& transfer) {
  const auto gate = gates_.find(transfer.call.endpoint.get());
  if (gate == gates_.end()) return false;
  return std::erase_if(gate->second.waiting, [&](const auto& held) { return held.get() == &transfer; }) > 0;
}

Gates::Transfers Gates::all() {
  Transfers held;
  for (auto& [endpoint, gate] : gates_) {
    std::move(gate.waiting.begin(), gate.waiting.end(), std::back_inserter(held));
    gate.waiting.clear();
  }
  return held;
}

}  // namespace mesh::kubernetes
