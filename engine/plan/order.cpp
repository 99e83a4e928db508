#include "engine/plan/order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>

namespace mesh {
namespace {

Diagnostic cycle(std::vector<std::string_view> members) {
  std::sort(members.begin(), members.end());
  return {.code = Code::internal,
          .summary = "dependency cycle",
          .cause = fmt::format("no order exists for {}", fmt::join(members, ", ")),
          .hint = "this is a bug in mesh: please report it"};
}

}  // namespace

Result<std::vector<std::size_t>> order(const std::vector<std::string_view>& names,
                                       const std::vector<std::vector<std::size_t>>& depends_on) {
  const std::size_t count = names.size();
  // Ranks instead of names in the queue: every name is compared once.
  std::vector<std::size_t> by_name(count);
  std::iota(by_name.begin(), by_name.end(), std::size_t{0});
  std::sort(by_name.begin(), by_name.end(), [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  std::vector<std::size_t> rank(count);
  for (std::size_t i = 0; i < count; ++i) rank[by_name[i]] = i;

  // The users of each node, as ranges of one vector.
  std::vector<std::size_t> first(count + 1), waits_on(count);
  for (std::size_t i = 0; i < count; ++i) {
    waits_on[i] = depends_on[i].size();
    for (const std::size_t needed : depends_on[i]) ++first[needed + 1];
  }
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::size_t> users(first.back()), next(first.begin(), first.end() - 1);
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::size_t needed : depends_on[i]) users[next[needed]++] = i;
  }

  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < count; ++i) {
    if (waits_on[i] == 0) ready.push(rank[i]);
  }
  std::vector<std::size_t> ordered;
  ordered.reserve(count);
  while (!ready.empty()) {
    const std::size_t node = by_name[ready.top()];
    ready.pop();
    ordered.push_back(node);
    for (std::size_t at = first[node]; at < first[node + 1]; ++at) {
      if (--waits_on[users[at]] == 0) ready.push(rank[users[at]]);
    }
  }
  if (ordered.size() == count) return ordered;
  std::vector<std::string_view> stuck;
  for (std::size_t i = 0; i < count; ++i) {
    if (waits_on[i] > 0) stuck.push_back(names[i]);
  }
  return failure(cycle(std::move(stuck)));
}

}  // namespace mesh
