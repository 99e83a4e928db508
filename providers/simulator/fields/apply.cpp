#include "providers/simulator/fields/apply.h"

namespace mesh::simulator {

ApiResult<nlohmann::json> server_side_apply(const Write&, const nlohmann::json& live, const nlohmann::json& config) {
  nlohmann::json merged = live.is_null() ? config : live;
  if (!live.is_null()) merged.merge_patch(config);
  return merged;
}

}  // namespace mesh::simulator
