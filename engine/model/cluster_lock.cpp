#include "engine/model/cluster_lock.h"

#include <fmt/format.h>

namespace mesh {

std::string to_string(const LockHolder& holder) {
  return fmt::format("{} of {} at {}{}", holder.command.empty() ? "run" : holder.command,
                     holder.who.empty() ? "an unknown account" : holder.who,
                     holder.since.empty() ? "an unknown time" : holder.since,
                     holder.url.empty() ? "" : fmt::format(" ({})", holder.url));
}

}  // namespace mesh
