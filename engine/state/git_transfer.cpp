#include "engine/state/git_transfer.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "engine/state/git_credentials.h"
#include "engine/state/git_error.h"
#include "engine/state/git_handle.h"

namespace mesh {
namespace {

/// `refs/heads/x` → a specification for one reference.
class Refspec {
 public:
  explicit Refspec(std::string text) : text_(std::move(text)), pointer_{text_.data()} {}
  Refspec(const Refspec&) = delete;
  Refspec& operator=(const Refspec&) = delete;
  const git_strarray* get() {
    array_ = {pointer_.data(), 1};
    return &array_;
  }

 private:
  std::string text_;
  std::array<char*, 1> pointer_;
  git_strarray array_{};
};

/// Where commits come in at a remote that is a path, for a moment.
constexpr const char* incoming_marks = "refs/mesh/incoming/";

/// Of a path libgit2 lists the references and then looks at each: the mark of somebody else's push may be gone by then.
template <class Call>
int past_marks(Call call) {
  constexpr int most_attempts = 10;
  int error = call();
  for (int attempt = 1; attempt < most_attempts && error != 0; ++attempt) {
    if (last_git_error().find(incoming_marks) == std::string::npos) break;
    error = call();
  }
  return error;
}

}  // namespace

std::optional<std::string> local_path(const std::string& url) {
  constexpr std::string_view scheme = "file://";
  if (url.starts_with(scheme)) {
    // file:///path and file://localhost/path.
    const std::size_t slash = url.find('/', scheme.size());
    return slash == std::string::npos ? std::nullopt : std::optional(url.substr(slash));
  }
  if (url.find("://") != std::string::npos) return std::nullopt;
  // As git reads it: a colon before the first slash makes `host:path`.
  const std::size_t colon = url.find(':');
  if (colon != std::string::npos && url.find('/') > colon) return std::nullopt;
  return url;
}

std::string pending_reference(const std::string& commit) { return "refs/mesh/pending/" + commit; }

Diagnostic GitTransfer::failed(std::string cause, std::string hint) const {
  return remote_failed(url_, std::move(cause), std::move(hint));
}

tl::unexpected<Diagnostics> GitTransfer::cut_off() const { return failure(failed("mesh stopped waiting for it")); }

Diagnostic GitTransfer::failed_by(int error) const {
  const bool https = url_.starts_with("https://");
  if (error == GIT_EAUTH && https) {
    return failed(last_git_error(),
                  fmt::format("set up a git credential helper for the server; then try `git ls-remote {}`",
                              without_url_credentials(url_)));
  }
  if (error == GIT_EAUTH) {
    return failed(last_git_error(),
                  fmt::format("load an ed25519 or ECDSA key into ssh-agent, or put one without passphrase into ~/.ssh "
                              "(RSA keys are refused: libssh2 before 1.11 signs with SHA-1); then try "
                              "`git ls-remote {}`",
                              without_url_credentials(url_)));
  }
  if (error == GIT_ECERTIFICATE && https) {
    return failed(last_git_error(),
                  "the certificate must name the host, and be signed by an authority that this machine trusts or that "
                  "is in the file that GIT_SSL_CAINFO names");
  }
  if (error == GIT_ECERTIFICATE) {
    return failed(last_git_error(), "compare the host's key with its owner's, then add it to ~/.ssh/known_hosts");
  }
  return failed(last_git_error());
}

Result<void> GitTransfer::trust() const {
  if (!url_.starts_with("https://")) return {};
  // As git does; libgit2 itself looks at the system's authorities alone.
  const char* file = std::getenv("GIT_SSL_CAINFO");
  if (file == nullptr || *file == '\0') return {};
  if (git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, nullptr) == 0) return {};
  return failure(failed(fmt::format("GIT_SSL_CAINFO names {}: {}", file, last_git_error()),
                        "let GIT_SSL_CAINFO name a PEM file with the server's certificate authority"));
}

Result<std::optional<std::string>> GitTransfer::fetch(const std::string& branch, const std::string& tracking) const {
  const Result<std::optional<GitRepository>> opened = GitRepository::open(repository_);
  if (!opened || !*opened) return failure(failed(opened ? "our repository is gone" : opened.error().front().cause));
  return fetch_into(**opened, branch, tracking);
}

Result<std::optional<std::string>> GitTransfer::fetch_into(const GitRepository& into, const std::string& branch,
                                                           const std::string& tracking) const {
  if (auto trusted = trust(); !trusted) return failure(std::move(trusted.error()));
  RemoteHandle remote;
  int error = git_remote_create_anonymous(GitOut(remote), into.raw(), url_.c_str());
  if (error != 0) return failure(failed_by(error));
  GitCredentials credentials(cut_);
  git_fetch_options options;
  git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
  credentials.install(options.callbacks);
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.update_fetchhead = 0;
  options.proxy_opts.type = GIT_PROXY_AUTO;
  error = past_marks([&] {
    return git_remote_connect(remote.get(), GIT_DIRECTION_FETCH, &options.callbacks, &options.proxy_opts, nullptr);
  });
  if (error != 0) return failure(failed_by(error));
  const git_remote_head** heads = nullptr;
  std::size_t count = 0;
  error = git_remote_ls(&heads, &count, remote.get());
  if (error != 0) return failure(failed_by(error));
  bool there = false;
  for (std::size_t i = 0; i < count; ++i) there = there || branch == heads[i]->name;
  if (!there) return std::nullopt;
  if (cut_.stop_requested()) return cut_off();
  Refspec spec(fmt::format("+{}:{}", branch, tracking));
  error = git_remote_fetch(remote.get(), spec.get(), &options, "mesh");
  if (error != 0) return failure(failed_by(error));
  return into.tip(tracking);
}

Result<std::string> GitTransfer::send(const GitRepository& from, const std::string& commit,
                                      const std::string& reference) const {
  if (auto trusted = trust(); !trusted) return failure(std::move(trusted.error()));
  // A push starts from a reference, and ours may move on meanwhile.
  const std::string pending = pending_reference(commit);
  const Result<bool> marked = from.move(pending, std::nullopt, commit);
  if (!marked) return failure(marked.error());
  RemoteHandle remote;
  GitCredentials credentials(cut_);
  git_push_options options;
  git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
  credentials.install(options.callbacks);
  options.proxy_opts.type = GIT_PROXY_AUTO;
  Refspec spec(fmt::format("{}:{}", pending, reference));
  int error = git_remote_create_anonymous(GitOut(remote), from.raw(), url_.c_str());
  if (error == 0) error = past_marks([&] { return git_remote_push(remote.get(), spec.get(), &options); });
  const std::string why = error == 0 ? std::string() : last_git_error();
  const Diagnostic problem = failed_by(error);
  from.drop(pending);
  if (error == GIT_ENONFASTFORWARD) return why;
  if (error != 0) return failure(problem);
  return without_url_credentials(credentials.refusal);
}

Result<Pushed> GitTransfer::push_to_path(const GitRepository& from, const std::string& commit,
                                         const std::string& branch, const std::optional<std::string>& expected) const {
  // Into a path libgit2 overwrites a branch without a second look. So the commits go under a name of their own, and the
  // branch is moved there by comparison, as a git server does it.
  const std::string incoming = incoming_marks + commit;
  const Result<std::string> sent = send(from, commit, incoming);
  if (!sent) return failure(sent.error());
  if (!sent->empty()) return failure(failed(*sent));
  Result<std::optional<GitRepository>> there = GitRepository::open(*local_path(url_));
  if (!there || !*there) return failure(failed(there ? "it is not there" : there.error().front().cause));
  if (cut_.stop_requested()) return cut_off();
  const Result<bool> moved = (*there)->move(branch, expected, commit);
  (*there)->drop(incoming);
  if (!moved) return failure(failed(moved.error().front().cause));
  return *moved ? Pushed::done : Pushed::moved;
}

Result<Pushed> GitTransfer::push(const std::string& commit, const std::string& branch,
                                 const std::optional<std::string>& expected) const {
  const Result<std::optional<GitRepository>> opened = GitRepository::open(repository_);
  if (!opened || !*opened) return failure(failed(opened ? "our repository is gone" : opened.error().front().cause));
  if (local_path(url_)) return push_to_path(**opened, commit, branch, expected);
  const Result<std::string> refused = send(**opened, commit, branch);
  if (!refused) return failure(refused.error());
  return refused->empty() ? Pushed::done : Pushed::moved;
}

}  // namespace mesh
