#pragma once

namespace mesh::testing {

/// While it lives, this process is given only so many more threads, as under a limit of its processes.
class FewThreads {
 public:
  explicit FewThreads(int left);
  ~FewThreads();
  FewThreads(const FewThreads&) = delete;
  FewThreads& operator=(const FewThreads&) = delete;
};

}  // namespace mesh::testing
