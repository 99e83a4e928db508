#include "engine/state/git_credentials.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "engine/jobs/process.h"
#include "engine/state/git_handle.h"

namespace mesh {
namespace {

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

/// The login, or why there is none.
struct Helped {
  std::optional<GitCredentials::Login> login;
  std::string why_not = {};
};

Helped ask_helper(const std::string& url, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  const ProcessStart start{.command = "git",
                           .args = {"-c", "core.askPass=", "credential", "fill"},
                           .environment = quiet_environment(),
                           .input = "url=" + url + "\n\n"};
  const ProcessEnd end = run_process(start, timeout, stop);
  switch (end.how) {
    case ProcessEnd::How::exited:
      if (end.number != 0) break;
      return {.login = GitCredentials::parse_answer(end.out)};
    case ProcessEnd::How::timed_out:
      return {.login = {},
              .why_not = fmt::format("`git credential fill` did not answer within {} s and was ended: its credential "
                                     "helper waits for something",
                                     std::chrono::ceil<std::chrono::seconds>(timeout).count())};
    case ProcessEnd::How::not_found:
      return {.login = {}, .why_not = "`git`, which knows the credential helpers, is not in PATH"};
    default:
      break;
  }
  return {.login = {}};
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
      const Helped helped = ask_helper(url, self.helper_timeout_, self.stop_);
      if (helped.login) {
        return git_credential_userpass_plaintext_new(out, helped.login->username.c_str(),
                                                     helped.login->password.c_str());
      }
      if (!helped.why_not.empty()) {
        git_error_set_str(GIT_ERROR_CALLBACK, helped.why_not.c_str());
        return GIT_EAUTH;
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

  /// Nonzero ends the transfer.
  static int go_on(void* payload) {
    return static_cast<GitCredentials*>(payload)->stop_.stop_requested() ? GIT_EUSER : 0;
  }
  static int receiving(const git_indexer_progress* /*progress*/, void* payload) { return go_on(payload); }
  static int on_sideband(const char* /*text*/, int /*length*/, void* payload) { return go_on(payload); }
  static int packing(int /*stage*/, std::uint32_t /*current*/, std::uint32_t /*total*/, void* payload) {
    return go_on(payload);
  }
  static int sending(unsigned int /*current*/, unsigned int /*total*/, std::size_t /*bytes*/, void* payload) {
    return go_on(payload);
  }
  static int negotiated(const git_push_update** /*updates*/, std::size_t /*count*/, void* payload) {
    return go_on(payload);
  }

  static int pushed(const char* /*reference*/, const char* status, void* payload) {
    if (status != nullptr) static_cast<GitCredentials*>(payload)->refusal = status;
    return 0;
  }
};

GitCredentials::GitCredentials(std::stop_token stop, std::chrono::milliseconds helper_timeout)
    : stop_(std::move(stop)), helper_timeout_(helper_timeout) {
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
  callbacks.transfer_progress = GitCredentialCallbacks::receiving;
  callbacks.sideband_progress = GitCredentialCallbacks::on_sideband;
  callbacks.pack_progress = GitCredentialCallbacks::packing;
  callbacks.push_transfer_progress = GitCredentialCallbacks::sending;
  callbacks.push_negotiation = GitCredentialCallbacks::negotiated;
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
