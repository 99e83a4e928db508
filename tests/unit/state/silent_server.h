#pragma once

#include <string>

namespace mesh::testing {

/// A port that takes connections and never says a word.
class SilentServer {
 public:
  SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  ~SilentServer();
  std::string url() const;

 private:
  int socket_ = -1;
};

}  // namespace mesh::testing
