#include "engine/state/commit_message.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(CommitMessage, subject_and_trailers_on_lines_of_their_own) {
  Snapshot snapshot;
  snapshot.plan_digest = "p";
  snapshot.result = "done\nMesh-Spec: forged";
  const std::string message = commit_message(snapshot, "apply: 2 created\nMesh-Spec: forged");
  EXPECT_EQ(message, "apply: 2 created Mesh-Spec: forged\n\nMesh-Plan: p\nMesh-Result: done Mesh-Spec: forged\n");
  const SnapshotInfo parsed = parse_commit_message(message);
  EXPECT_EQ(parsed.subject, "apply: 2 created Mesh-Spec: forged");
  EXPECT_EQ(parsed.plan_digest, "p");
  EXPECT_EQ(parsed.spec_digest, "");
}

}  // namespace
}  // namespace mesh
