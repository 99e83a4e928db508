#include "engine/plan/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/suggest.h"

namespace mesh {
namespace {

bool any_covers(const std::vector<std::string>& globs, const Address& address) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return covers(glob, address); });
}

/// Addresses and their leading parts: what a person may have meant. A large mesh has too many for "one of".
std::string hint_for(const std::string& glob, const std::vector<DesiredAction>& actions) {
  std::set<std::string> candidates;
  for (const DesiredAction& action : actions) {
    const std::string& text = action.address.text;
    for (std::size_t slash = text.find('/'); slash != std::string::npos; slash = text.find('/', slash + 1))
      candidates.insert(text.substr(0, slash));
    candidates.insert(text);
  }
  const std::vector<std::string> list(candidates.begin(), candidates.end());
  constexpr std::size_t short_list = 12;
  if (list.size() <= short_list || nearest(glob, list)) return did_you_mean(glob, list);
  return "addresses are CLUSTER/network, CLUSTER/reader, CLUSTER/gateway, CLUSTER/expose, CLUSTER/discovery/PEER, and "
         "those of removals: …/former";
}

void check_globs(const std::vector<std::string>& globs, const char* option, const std::vector<DesiredAction>& actions,
                 Diagnostics& problems) {
  for (const std::string& glob : globs) {
    const bool used = std::any_of(actions.begin(), actions.end(),
                                  [&](const DesiredAction& action) { return covers(glob, action.address); });
    if (used) continue;
    problems.push_back({.code = Code::no_such_address,
                        .summary = "no action has such an address",
                        .cause = fmt::format("{} `{}` covers none of {} actions", option, glob, actions.size()),
                        .hint = hint_for(glob, actions)});
  }
}

}  // namespace

bool is_chosen(const Address& address, const std::vector<std::string>& only, const std::vector<std::string>& exclude) {
  return (only.empty() || any_covers(only, address)) && !any_covers(exclude, address);
}

Result<std::vector<const DesiredAction*>> select_actions(const std::vector<DesiredAction>& actions,
                                                         const std::vector<std::string>& only,
                                                         const std::vector<std::string>& exclude) {
  Diagnostics problems;
  check_globs(only, "--only", actions, problems);
  check_globs(exclude, "--exclude", actions, problems);
  if (!problems.empty()) return failure(std::move(problems));
  std::vector<const DesiredAction*> selected;
  selected.reserve(actions.size());
  for (const DesiredAction& action : actions) {
    if (is_chosen(action.address, only, exclude)) selected.push_back(&action);
  }
  return selected;
}

Diagnostics nothing_chosen(const Plan& plan) {
  return plan.actions.empty() ? nothing_chosen(plan.only, plan.exclude) : Diagnostics();
}

Diagnostics nothing_chosen(const std::vector<std::string>& only, const std::vector<std::string>& exclude) {
  if (only.empty() && exclude.empty()) return {};
  std::string globs;
  for (const std::string& glob : only) globs += fmt::format("--only `{}` ", glob);
  for (const std::string& glob : exclude) globs += fmt::format("--exclude `{}` ", glob);
  globs.pop_back();
  return {{.code = Code::no_such_address,
           .severity = Severity::warning,
           .summary = "nothing is left of the mesh",
           .cause = fmt::format("{}: together they leave no action", globs),
           .hint = "choose less with --exclude, or more with --only"}};
}

bool leaves_any_of(const std::string& cluster, const std::vector<std::string>& only,
                   const std::vector<std::string>& exclude) {
  const Address whole{cluster};
  const auto may_cover = [&](const std::string& glob) {
    // `**` may stand for any cluster; otherwise the part before the first slash names it.
    const std::string first = glob.substr(0, glob.find('/'));
    return first.find("**") != std::string::npos || covers(first, whole);
  };
  if (!only.empty() && std::none_of(only.begin(), only.end(), may_cover)) return false;
  return std::none_of(exclude.begin(), exclude.end(), [&](const std::string& glob) {
    // `c1/**` leaves as little of c1 as `c1` does.
    const bool rest = glob.ends_with("/**") && covers(glob.substr(0, glob.size() - 3), whole);
    return rest || covers(glob, whole);
  });
}

}  // namespace mesh
