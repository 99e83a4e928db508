#pragma once

#include <string>

#include "engine/model/snapshot.h"

namespace mesh {

/// The subject, on one line, then the trailers Mesh-Plan, Mesh-Spec and Mesh-Result.
std::string commit_message(const Snapshot& snapshot, const std::string& subject);

/// The subject and the trailers of a message; what is not there stays empty.
SnapshotInfo parse_commit_message(const std::string& message);

}  // namespace mesh
