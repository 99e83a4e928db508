#include "engine/model/cluster_lock.h"

#include <fmt/format.h>

#include "engine/base/printable.h"

namespace mesh {

std::string to_string(const LockHolder& holder) {
  // It stands in an annotation that others can write.
  return printable(fmt::format("{} of {} at {}{}", holder.command.empty() ? "run" : holder.command,
                               holder.who.empty() ? "an unknown account" : holder.who,
                               holder.since.empty() ? "an unknown time" : holder.since,
                               holder.url.empty() ? "" : fmt::format(" ({})", holder.url)));
}

}  // namespace mesh
