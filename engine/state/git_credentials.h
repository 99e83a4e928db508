#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

struct git_remote_callbacks;

namespace mesh {

/// Answers libgit2's questions about who we are, each way once: the ssh agent, then the key files of ~/.ssh without
/// passphrase; for https what `git credential fill` says, without asking anybody. Checks the server strictly: an ssh
/// host key must be in known_hosts, a certificate must be valid. Ends what is transferred at the stop. Must outlive the
/// connection.
class GitCredentials {
 public:
  /// The credential helper is ended at the stop, and when it does not answer in time.
  explicit GitCredentials(std::stop_token stop,
                          std::chrono::milliseconds helper_timeout = std::chrono::milliseconds(20'000));
  void install(git_remote_callbacks& callbacks);

  /// What the server said to a push that it refused.
  std::string refusal;

  struct Login {
    std::string username;
    std::string password;
  };
  /// The `git credential` protocol's answer taken apart.
  static std::optional<Login> parse_answer(const std::string& answer);

 private:
  friend struct GitCredentialCallbacks;
  std::stop_token stop_;
  std::chrono::milliseconds helper_timeout_;
  std::vector<std::string> key_files_;
  bool agent_tried_ = false;
  bool helper_tried_ = false;
  std::size_t next_key_ = 0;
};

}  // namespace mesh
