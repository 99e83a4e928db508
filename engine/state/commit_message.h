#pragma once

#include <chrono>
#include <string>

#include "engine/model/snapshot.h"

namespace mesh {

/// The subject, on one line, then the trailers Mesh-Plan, Mesh-Spec and Mesh-Result.
std::string commit_message(const Snapshot& snapshot, const std::string& subject);

/// The subject and the trailers of a message; what is not there stays empty.
SnapshotInfo parse_commit_message(const std::string& message);

/// RFC 3339 in UTC, to the second.
std::string rfc3339(std::chrono::system_clock::time_point when);

}  // namespace mesh
