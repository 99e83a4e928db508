#include "providers/kubernetes/kubeconfig/resolve_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/suggest.h"
#include "providers/kubernetes/kubeconfig/access_resolver.h"

namespace mesh::kubernetes {
namespace {

template <class Entry>
const Entry* find_entry(const std::vector<Entry>& entries, const std::string& name) {
  const auto it = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  return it == entries.end() ? nullptr : &*it;
}

template <class Entry>
std::vector<std::string> names_of(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

}  // namespace

Result<Access> resolve_context(const Kubeconfig& config, const std::string& context, const ReadFile& read,
                               Diagnostics& warnings) {
  const std::string name = context.empty() ? config.current_context.value : context;
  const KubeconfigContext* chosen = find_entry(config.contexts, name);
  if (chosen == nullptr) {
    const std::string files = fmt::format("{}", fmt::join(config.files, ", "));
    return failure(Diagnostic{
        .code = Code::unknown_context,
        .at = context.empty() && !name.empty() ? config.current_context.at
                                               : Position{config.files.empty() ? "" : config.files.front(), 0, 0},
        .summary = "context is not in the kubeconfig",
        .cause = name.empty() ? fmt::format("no context is named, and {} sets no current-context", files)
                              : fmt::format("`{}` is not in {}", name, files),
        .hint = name.empty() && !config.contexts.empty()
                    ? fmt::format("set `context` to one of: {}", fmt::join(names_of(config.contexts), ", "))
                    : did_you_mean(name, names_of(config.contexts))});
  }
  AccessResolver resolver(read, warnings);
  const KubeconfigCluster* cluster = find_entry(config.clusters, chosen->cluster.value);
  if (cluster == nullptr) {
    const bool named = !chosen->cluster.value.empty();
    resolver.bad(Code::kubeconfig_invalid, named ? chosen->cluster.at : chosen->at, "kubeconfig is not valid",
                 named
                     ? fmt::format("context `{}` names cluster `{}`, which does not exist", name, chosen->cluster.value)
                     : fmt::format("context `{}` names no cluster", name),
                 did_you_mean(chosen->cluster.value, names_of(config.clusters)));
  } else {
    resolver.cluster(*cluster);
  }
  const KubeconfigUser* user = find_entry(config.users, chosen->user.value);
  if (user == nullptr) {
    const bool named = !chosen->user.value.empty();
    resolver.bad(Code::kubeconfig_invalid, named ? chosen->user.at : chosen->at, "kubeconfig is not valid",
                 named ? fmt::format("context `{}` names user `{}`, which does not exist", name, chosen->user.value)
                       : fmt::format("context `{}` names no user", name),
                 did_you_mean(chosen->user.value, names_of(config.users)));
  } else {
    resolver.user(*user);
  }
  return std::move(resolver).result();
}

}  // namespace mesh::kubernetes
