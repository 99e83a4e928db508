#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace mesh {

/// A thread, or nothing where the machine gives no more of them (a limit of processes or of memory). The one place
/// where threads are made, so that no such limit ends the process.
std::optional<std::jthread> try_thread(std::function<void(const std::stop_token&)> work);

/// Threads that do the same work: as many of those wished as can be had. Destroying them asks them to stop and waits.
class Workers {
 public:
  Workers(std::size_t wished, const std::function<void(const std::stop_token&)>& work);

  /// 0: whoever wants the work done has to do it.
  std::size_t size() const { return threads_.size(); }

 private:
  std::vector<std::jthread> threads_;
};

/// Calls `work` with each number below `count`, up to `at_once` of them at a time: one after the other on the calling
/// thread where no thread can be had. `meanwhile` (may be empty) is called on the calling thread while the others work.
/// An exception of either comes out here, after all has ended; what is then not begun stays so.
void for_each_index(std::size_t count, int at_once, const std::function<void(std::size_t)>& work,
                    const std::function<void()>& meanwhile = {});

}  // namespace mesh
