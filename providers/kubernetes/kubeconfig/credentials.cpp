#include "providers/kubernetes/kubeconfig/credentials.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "engine/base/digest.h"

namespace mesh::kubernetes {
namespace {

/// Percent-encodes what may not stand in a header name (RFC 9110 token) and `%` itself.
std::string header_key(const std::string& key) {
  std::string encoded;
  for (const char c : key) {
    const auto u = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(u) != 0 || std::string_view("!#$&'*+-.^_`|~").find(c) != std::string_view::npos;
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", u);
  }
  return encoded;
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos ? std::string() : text.substr(first);
}

bool stopped_by_caller(const Diagnostics& why) {
  return !why.empty() && (why.front().code == Code::cancelled || why.front().code == Code::timed_out);
}

}  // namespace

std::vector<std::string> impersonation_headers(const Access& access) {
  std::vector<std::string> headers;
  if (access.impersonate_user.empty()) return headers;
  headers.push_back("Impersonate-User: " + access.impersonate_user);
  if (!access.impersonate_uid.empty()) headers.push_back("Impersonate-Uid: " + access.impersonate_uid);
  for (const auto& group : access.impersonate_groups) headers.push_back("Impersonate-Group: " + group);
  for (const auto& [key, value] : access.impersonate_extra) {
    headers.push_back(fmt::format("Impersonate-Extra-{}: {}", header_key(key), value));
  }
  return headers;
}

Credentials::Credentials(std::shared_ptr<const Access> access, std::shared_ptr<const Environment> environment,
                         bool terminal, ReadFile read, Clock& clock)
    : access_(std::move(access)),
      environment_(std::move(environment)),
      terminal_(terminal),
      read_(std::move(read)),
      clock_(clock) {}

Identity Credentials::with_token(const std::string& token) const {
  Identity identity{.headers = impersonation_headers(*access_),
                    .client_certificate_pem = access_->client_certificate_pem,
                    .client_key_pem = access_->client_key_pem,
                    .generation = generation_};
  if (!token.empty()) {
    identity.headers.push_back("Authorization: Bearer " + token);
  } else if (!access_->username.empty() || !access_->password.empty()) {
    identity.headers.push_back("Authorization: Basic " + base64_encode(access_->username + ":" + access_->password));
  }
  return identity;
}

Result<Identity> Credentials::get(TimePoint deadline, const std::stop_token& stop) {
  if (access_->exec) return from_plugin(deadline, stop);
  const std::lock_guard lock(mutex_);
  if (!access_->token_file.empty()) return from_token_file();
  return with_token(access_->token);
}

Result<Identity> Credentials::from_token_file() {
  using namespace std::chrono_literals;
  const TimePoint now = clock_.now();
  if (!file_read_ || now - *file_read_ >= 1min) {
    auto content = read_(access_->token_file);
    std::string token = content ? trimmed(*content) : std::string();
    const bool broken = token.find_first_of(std::string("\r\n\0", 3)) != std::string::npos;
    if (token.empty() || broken) {
      // As client-go: an unreadable file leaves the last token in use, and the kubeconfig's own before any was read.
      if (file_token_.empty()) file_token_ = access_->token;
      if (file_token_.empty()) {
        if (!content) return failure(content.error());
        return failure(Diagnostic{.code = Code::credential_invalid,
                                  .at = Position{access_->token_file, 0, 0},
                                  .summary = "credential cannot be used",
                                  .cause = broken ? "the token file has more than one line" : "the token file is empty",
                                  .hint = "write the token, alone, into the file"});
      }
    } else if (token != file_token_) {
      file_token_ = std::move(token);
      ++generation_;
    }
    file_read_ = now;
  }
  return with_token(file_token_);
}

std::optional<Identity> Credentials::cached_from_plugin() const {
  if (!plugin_ || (plugin_->expires && clock_.wall() >= *plugin_->expires)) return std::nullopt;
  Identity identity = with_token(plugin_->token);
  identity.client_certificate_pem = plugin_->client_certificate_pem;
  identity.client_key_pem = plugin_->client_key_pem;
  return identity;
}

Result<Identity> Credentials::from_plugin(TimePoint deadline, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (auto cached = cached_from_plugin()) return std::move(*cached);
    if (!running_) break;
    const std::uint64_t run = runs_;
    const auto left = deadline - clock_.now();
    const bool woken = ended_.wait_for(lock, stop, left, [&] { return runs_ != run || !running_; });
    if (!woken) {
      const bool cancelled = stop.stop_requested();
      return failure(Diagnostic{.code = cancelled ? Code::cancelled : Code::timed_out,
                                .summary = "exec plugin gave no credential",
                                .cause = fmt::format("`{}` did not end in time", access_->exec->command),
                                .hint = cancelled ? "" : "run the plugin by hand, or allow more time with --timeout"});
    }
    // Its failure is everybody's, unless it was stopped on behalf of one caller.
    if (!plugin_failure_.empty() && !stopped_by_caller(plugin_failure_)) return failure(plugin_failure_);
  }
  running_ = true;
  lock.unlock();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock_.now());
  auto got = run_exec_plugin(*access_, *environment_, terminal_, std::max(left, std::chrono::milliseconds(0)), stop);
  lock.lock();
  running_ = false;
  ++runs_;
  ended_.notify_all();
  if (!got) {
    plugin_failure_ = got.error();
    return failure(std::move(got.error()));
  }
  plugin_failure_.clear();
  plugin_ = std::move(*got);
  ++generation_;
  if (auto cached = cached_from_plugin()) return std::move(*cached);
  plugin_.reset();
  return failure(Diagnostic{.code = Code::exec_plugin_failed,
                            .summary = "exec plugin gave no credential",
                            .cause = fmt::format("`{}` returned one that has expired already", access_->exec->command),
                            .hint = "log in again with the plugin, and compare this machine's clock"});
}

bool Credentials::refused(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (!access_->exec && access_->token_file.empty()) return false;
  // Another caller may have renewed it meanwhile: then there is a newer one already.
  if (generation == generation_) {
    plugin_.reset();
    file_read_.reset();
  }
  return true;
}

}  // namespace mesh::kubernetes
