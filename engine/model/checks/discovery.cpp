#include "engine/model/checks/discovery.h"

namespace mesh {

std::string_view to_string(EdgeVerdict verdict) {
  switch (verdict) {
    case EdgeVerdict::effective:
      return "effective";
    case EdgeVerdict::not_applied:
      return "not_applied";
    case EdgeVerdict::not_effective:
      return "not_effective";
    case EdgeVerdict::unwanted:
      return "unwanted";
    case EdgeVerdict::unknown:
      break;
  }
  return "unknown";
}

std::string_view to_string(EdgeFault fault) {
  switch (fault) {
    case EdgeFault::absent:
      return "absent";
    case EdgeFault::syncing:
      return "syncing";
    case EdgeFault::timeout:
      return "timeout";
    case EdgeFault::closed:
      return "closed";
    case EdgeFault::other_secret:
      return "other_secret";
    case EdgeFault::no_endpoints:
      return "no_endpoints";
    case EdgeFault::no_gateway:
      return "no_gateway";
    case EdgeFault::none:
      break;
  }
  return "none";
}

}  // namespace mesh
