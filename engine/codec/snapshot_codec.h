#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/snapshot.h"

namespace mesh {

inline constexpr const char* snapshot_format = "mesh.snapshot/v1";
/// In it each cluster has a folder.
inline constexpr const char* clusters_folder = "clusters";

/// The cluster whose folder it is: names are escaped where a file system would not take them.
std::string cluster_of_folder(std::string_view folder);

/// In that folder: what is known of the cluster beside its objects. Errors: snapshot_invalid, at `path`.
inline constexpr const char* cluster_file = "cluster.json";
Result<ClusterSnapshot> decode_cluster(const std::string& path, const std::string& bytes);

/// What the API servers store otherwise than it was sent; not there when that is nothing.
inline constexpr const char* rewritten_file = "rewritten.json";

/// What that file says. Errors: snapshot_invalid.
Result<std::vector<RewrittenField>> decode_rewritten(const std::string& bytes);

/// The snapshot as files: `spec.toml`, `plan.json`, `report.json`, `clusters/<cluster>/cluster.json` (status, as_of,
/// uids, protect), `clusters/<cluster>/<kind>.<namespace>.<name>.yaml` (cluster-wide kinds without the namespace part;
/// kind in lower case), for a tombstone also `clusters/<cluster>/spec.toml`; `snapshot.json` (digests, result, time);
/// `rewritten.json`. Paths to bytes, YAML with fields in a fixed order: apiVersion, kind, metadata, then the rest;
/// within metadata name, namespace, labels, annotations first.
std::map<std::string, std::string> encode_snapshot(const Snapshot& snapshot);

/// The inverse. Errors: snapshot_invalid, with the file.
Result<Snapshot> decode_snapshot(const std::map<std::string, std::string>& files);

}  // namespace mesh
