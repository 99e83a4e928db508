#include "engine/workspace/init/find_contexts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "engine/base/suggest.h"
#include "providers/kubernetes/kubeconfig/kubeconfig.h"
#include "providers/kubernetes/kubeconfig/server_url.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;
using kubernetes::Kubeconfig;

bool fits(const std::string& glob, const std::string& name) { return fnmatch(glob.c_str(), name.c_str(), 0) == 0; }

/// As it goes into the file: a path that was given as an absolute one and lies elsewhere stays so.
fs::path written_path(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path from = fs::weakly_canonical(fs::absolute(folder, error), error);
  const fs::path absolute = fs::absolute(file, error);
  // The last part is kept: a link may be meant to change.
  const fs::path to = fs::weakly_canonical(absolute.parent_path(), error) / absolute.filename();
  const fs::path relative = to.lexically_relative(from);
  const bool is_elsewhere = relative.empty() || *relative.begin() == "..";
  if (file.is_absolute() && is_elsewhere) return file.lexically_normal();
  // A first part `~` would be taken for a home folder.
  return relative.string().starts_with('~') ? "." / relative : relative;
}

template <class Entry>
const Entry* find_entry(const std::vector<Entry>& entries, const std::string& name) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

FoundContext describe(const Kubeconfig& config, const kubernetes::KubeconfigContext& context) {
  FoundContext found{.name = context.name};
  if (const auto* cluster = find_entry(config.clusters, context.cluster.value)) {
    // Without a user part, which may be a credential.
    const auto url = kubernetes::parse_server_url(cluster->server.value);
    if (url) found.server = kubernetes::to_string(*url);
  }
  const auto* user = find_entry(config.users, context.user.value);
  if (user != nullptr && user->exec) {
    found.login =
        fmt::format("{} {}", fs::path(user->exec->command).filename().string(), fmt::join(user->exec->args, " "));
  }
  return found;
}

class ContextFinder {
 public:
  ContextFinder(const ContextRequest& request, const kubernetes::Environment& environment,
                const kubernetes::ReadFile& read)
      : request_(request), environment_(environment), read_(read) {}

  Result<FoundContexts> find() {
    if (request_.sources.empty()) add_source({}, true);
    for (const fs::path& source : request_.sources) {
      std::error_code error;
      if (fs::is_directory(source, error)) {
        add_folder(source);
      } else {
        add_source({source}, true);
      }
    }
    check_globs();
    if (!problems_.empty()) return failure(std::move(problems_));
    return std::move(found_);
  }

 private:
  void add_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->is_regular_file(error) && !entry->path().filename().string().starts_with('.')) {
        files.push_back(entry->path());
      }
    }
    if (error) {
      problems_.push_back({.code = Code::file_not_readable,
                           .at = Position{.file = folder.string()},
                           .summary = "folder cannot be read",
                           .cause = error.message(),
                           .hint = "check the path and its permissions"});
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) add_source({file}, false);
  }

  /// `named`: a person means this file, so that it must be a kubeconfig. In a folder there may be others.
  void add_source(const std::vector<fs::path>& files, bool named) {
    if (!named && !looks_like_kubeconfig(files.front())) return;
    const auto config = kubernetes::load_kubeconfigs(files, environment_, read_);
    if (!config) {
      Diagnostics problems = config.error();
      for (Diagnostic& problem : problems) {
        if (!named) problem.severity = Severity::warning;
        if (files.empty() && problem.code == Code::kubeconfig_invalid && !problem.at) {
          problem.hint = "name kubeconfigs, or folders with them: `mesh init kubeconfigs/`";
        }
      }
      append(named ? problems_ : found_.diagnostics, std::move(problems));
      return;
    }
    for (const auto& context : config->contexts) add_context(*config, context, files);
  }

  bool looks_like_kubeconfig(const fs::path& file) const {
    const auto text = read_(file);
    const auto has = [&](const std::string& key) {
      return text->find(key + ":") != std::string::npos || text->find('"' + key + '"') != std::string::npos;
    };
    return text && has("contexts") && has("clusters");
  }

  void add_context(const Kubeconfig& config, const kubernetes::KubeconfigContext& context,
                   const std::vector<fs::path>& files) {
    seen_.push_back(context.name);
    const auto& globs = request_.chosen;
    const bool is_chosen = globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
                             return fits(glob, context.name);
                           });
    if (!is_chosen) return;
    ContextOfFile one{.context = describe(config, context)};
    for (const fs::path& file : files) one.context.kubeconfig.push_back(written_path(file, request_.folder));
    // The usual kubeconfig gets other contexts whenever a person logs in somewhere.
    one.context.is_only_one =
        !files.empty() && config.contexts.size() == 1 && config.current_context.value == context.name;
    one.access = {.name = context.name, .kubeconfig = files, .context = context.name};
    found_.contexts.push_back(std::move(one));
  }

  void check_globs() {
    for (const std::string& glob : request_.chosen) {
      const bool matches =
          std::any_of(seen_.begin(), seen_.end(), [&](const std::string& name) { return fits(glob, name); });
      if (matches || !problems_.empty()) continue;
      problems_.push_back({.code = Code::usage,
                           .summary = "wrong flag",
                           .cause = fmt::format("--context: `{}` matches no context", glob),
                           .hint = did_you_mean(glob, seen_)});
    }
  }

  const ContextRequest& request_;
  const kubernetes::Environment& environment_;
  const kubernetes::ReadFile& read_;
  FoundContexts found_;
  std::vector<std::string> seen_;
  Diagnostics problems_;
};

}  // namespace

Result<FoundContexts> find_contexts(const ContextRequest& request, const kubernetes::Environment& environment,
                                    const kubernetes::ReadFile& read) {
  return ContextFinder(request, environment, read).find();
}

}  // namespace mesh
