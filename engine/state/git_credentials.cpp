#include "engine/state/git_credentials.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "engine/state/git_handle.h"

namespace mesh {
namespace {

/// What the program prints, given `input` (less than a pipe holds); nothing when it is not there or fails.
std::optional<std::string> run(std::vector<std::string> arguments, std::vector<std::string> environment,
                               const std::string& input) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0) return std::nullopt;
  if (pipe2(out.data(), O_CLOEXEC) != 0) {
    close(in[0]);
    close(in[1]);
    return std::nullopt;
  }
  // Written while we hold the reading end ourselves: a child that is gone already cannot send us SIGPIPE.
  const bool written = input.size() <= 4096 && write(in[1], input.data(), input.size()) > 0;
  close(in[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  };
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(),
                                 pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  std::string answer;
  if (error == 0 && written) {
    std::array<char, 1024> buffer{};
    for (ssize_t n = 0; (n = read(out[0], buffer.data(), buffer.size())) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  close(out[0]);
  int status = -1;
  if (error != 0 || waitpid(child, &status, 0) < 0 || status != 0) return std::nullopt;
  return answer;
}

/// Our environment without the programs that would ask a person.
std::vector<std::string> quiet_environment() {
  std::vector<std::string> kept = {"GIT_TERMINAL_PROMPT=0"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const bool asks = text.starts_with("GIT_ASKPASS=") || text.starts_with("SSH_ASKPASS=") ||
                      text.starts_with("GIT_TERMINAL_PROMPT=");
    if (!asks) kept.emplace_back(text);
  }
  return kept;
}

std::optional<GitCredentials::Login> ask_helper(const std::string& url) {
  const std::string question = "url=" + url + "\n\n";
  const auto answer = run({"git", "-c", "core.askPass=", "credential", "fill"}, quiet_environment(), question);
  return answer ? GitCredentials::parse_answer(*answer) : std::nullopt;
}

}  // namespace

struct GitCredentialCallbacks {
  static int acquire(git_credential** out, const char* url, const char* user_in_url, unsigned int allowed,
                     void* payload) {
    auto& self = *static_cast<GitCredentials*>(payload);
    const char* user = user_in_url != nullptr && *user_in_url != '\0' ? user_in_url : "git";
    if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) return git_credential_username_new(out, user);
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0) {
      if (!self.agent_tried_) {
        self.agent_tried_ = true;
        if (std::getenv("SSH_AUTH_SOCK") != nullptr) return git_credential_ssh_key_from_agent(out, user);
      }
      if (self.next_key_ < self.key_files_.size()) {
        const std::string& key = self.key_files_[self.next_key_++];
        return git_credential_ssh_key_new(out, user, (key + ".pub").c_str(), key.c_str(), nullptr);
      }
    }
    if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && !self.helper_tried_) {
      self.helper_tried_ = true;
      if (const auto login = ask_helper(url)) {
        return git_credential_userpass_plaintext_new(out, login->username.c_str(), login->password.c_str());
      }
    }
    git_error_set_str(GIT_ERROR_CALLBACK, "the server takes none of the credentials at hand");
    return GIT_EAUTH;
  }

  static int check(git_cert* certificate, int valid, const char* /*host*/, void* /*payload*/) {
    if (valid != 0) return 0;
    // libgit2 knows what is wrong with a certificate, and refuses it.
    if (certificate != nullptr && certificate->cert_type == GIT_CERT_X509) return GIT_PASSTHROUGH;
    git_error_set_str(GIT_ERROR_CALLBACK, "the server cannot prove who it is");
    return GIT_ECERTIFICATE;
  }

  static int pushed(const char* /*reference*/, const char* status, void* payload) {
    if (status != nullptr) static_cast<GitCredentials*>(payload)->refusal = status;
    return 0;
  }
};

GitCredentials::GitCredentials() {
  const char* home = std::getenv("HOME");
  if (home == nullptr) return;
  for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"}) {
    const std::filesystem::path key = std::filesystem::path(home) / ".ssh" / name;
    std::error_code ignored;
    if (std::filesystem::exists(key, ignored)) key_files_.push_back(key.string());
  }
}

void GitCredentials::install(git_remote_callbacks& callbacks) {
  callbacks.credentials = GitCredentialCallbacks::acquire;
  callbacks.certificate_check = GitCredentialCallbacks::check;
  callbacks.push_update_reference = GitCredentialCallbacks::pushed;
  callbacks.payload = this;
}

std::optional<GitCredentials::Login> GitCredentials::parse_answer(const std::string& answer) {
  Login login;
  std::istringstream lines(answer);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("username=")) login.username = line.substr(9);
    if (line.starts_with("password=")) login.password = line.substr(9);
  }
  if (login.username.empty() || login.password.empty()) return std::nullopt;
  return login;
}

}  // namespace mesh
