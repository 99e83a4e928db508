#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mesh {

/// The candidate nearest to `name` by optimal string alignment distance, if it is near enough to be a slip of the
/// fingers (distance at most a third of the longer length, at least 1). Ties go to the first in order.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates);

/// "did you mean `X`?" or, without a near candidate, "one of: a, b, c". Empty without candidates.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace mesh
