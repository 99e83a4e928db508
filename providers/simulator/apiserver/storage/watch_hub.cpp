#include "providers/simulator/apiserver/storage/watch_hub.h"

#include <utility>

namespace mesh::simulator {

std::shared_ptr<WatchHub::Waiter> WatchHub::add(const std::string& resource) {
  auto waiter = std::make_shared<Waiter>();
  std::lock_guard lock(mutex_);
  auto& all = waiters_[resource];
  std::erase_if(all, [](const auto& entry) { return entry.expired(); });
  all.push_back(waiter);
  return waiter;
}

void WatchHub::wake(const std::string& resource) {
  std::vector<std::shared_ptr<Waiter>> waiting;
  {
    std::lock_guard lock(mutex_);
    const auto found = waiters_.find(resource);
    if (found == waiters_.end()) return;
    for (const auto& entry : found->second) {
      if (auto waiter = entry.lock()) waiting.push_back(std::move(waiter));
    }
  }
  for (const auto& waiter : waiting) {
    std::function<void()> wake;
    {
      std::lock_guard lock(waiter->mutex);
      wake = waiter->wake;
    }
    if (wake) wake();
  }
}

}  // namespace mesh::simulator
