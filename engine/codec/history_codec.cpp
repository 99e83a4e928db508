#include "engine/codec/history_codec.h"

#include "engine/codec/common_json.h"
#include "engine/codec/json_text.h"

namespace mesh {

std::string encode_history(const std::string& mesh, const std::vector<SnapshotInfo>& history) {
  nlohmann::ordered_json snapshots = nlohmann::ordered_json::array();
  for (const SnapshotInfo& one : history) {
    snapshots.push_back({{"commit", one.commit},
                         {"time", text_or_null(one.time)},
                         {"result", text_or_null(one.result)},
                         {"subject", text_or_null(one.subject)},
                         {"author", text_or_null(one.author)},
                         {"plan_digest", text_or_null(one.plan_digest)},
                         {"spec_digest", text_or_null(one.spec_digest)}});
  }
  return json_text({{"format", history_format}, {"mesh", mesh}, {"snapshots", std::move(snapshots)}});
}

}  // namespace mesh
