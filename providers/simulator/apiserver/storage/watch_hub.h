#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mesh::simulator {

/// Who waits for changes of which resource.
class WatchHub {
 public:
  /// A place in the hub: as long as it lives, `wake` may be called.
  struct Waiter {
    std::mutex mutex;
    std::function<void()> wake;
  };

  std::shared_ptr<Waiter> add(const std::string& resource);
  /// Calls all that wait for this resource.
  void wake(const std::string& resource);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::weak_ptr<Waiter>>> waiters_;
};

}  // namespace mesh::simulator
