#include "providers/simulator/fields/patch.h"

namespace mesh::simulator {

ApiResult<nlohmann::json> json_patch(const Write&, const nlohmann::json& live, const nlohmann::json& steps) {
  return live.patch(steps);
}

ApiResult<nlohmann::json> merge_patch(const nlohmann::json& live, const nlohmann::json& patch) {
  nlohmann::json merged = live;
  merged.merge_patch(patch);
  return merged;
}

ApiResult<nlohmann::json> strategic_merge_patch(const Write&, const nlohmann::json& live, const nlohmann::json& patch) {
  return merge_patch(live, patch);
}

}  // namespace mesh::simulator
