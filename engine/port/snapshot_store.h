#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/snapshot.h"

namespace mesh {

/// Where snapshots are kept: an append-only line of them per mesh.
class SnapshotStore {
 public:
  SnapshotStore() = default;
  SnapshotStore(const SnapshotStore&) = delete;
  SnapshotStore& operator=(const SnapshotStore&) = delete;
  virtual ~SnapshotStore() = default;

  struct Stored {
    std::string commit;
    Snapshot snapshot;
  };
  /// What most commands need of the newest snapshot, without its objects being read.
  struct Head {
    std::string commit;
    /// Clusters that it tells of, those gone from the spec and not yet clean among them. Without their objects.
    std::map<std::string, ClusterSnapshot> clusters;
    /// As in Snapshot.
    std::vector<RewrittenField> rewritten = {};
    /// A warning where the remote, as far as is known, lacks what is recorded here: an apply pushes it.
    Diagnostics unpushed = {};
    /// Whether the remote, where there is one, could be read.
    bool remote_answers = true;
  };
  /// What is to be recorded.
  struct Entry {
    /// Commit that `snapshot` goes on from, as `last` told; empty when there was none.
    std::string after;
    Snapshot snapshot;
    /// The same, put on a newer one that others recorded meanwhile.
    std::function<Snapshot(const Snapshot& newest)> rebased;
    /// What the history says of it, one line.
    std::string subject;
    /// Called when it is recorded here, before it is pushed, which may take long; may be empty.
    std::function<void(const std::string& commit)> recorded = {};
  };
  struct Saved {
    std::string commit;
    /// Warnings: recorded here, but the remote could not be reached.
    Diagnostics diagnostics;
  };

  /// The newest snapshot, after a fetch where there is a remote (a failed fetch is a warning in `diagnostics`); nothing
  /// when there is none yet. Writes nothing. Errors: state_unusable, cancelled.
  virtual Result<std::optional<Head>> last(Diagnostics& diagnostics) = 0;

  /// All of one that `last` told of; where lines have parted, with what the other line says. Errors: state_unusable,
  /// snapshot_invalid.
  virtual Result<Snapshot> read(const Head& head) = 0;

  /// Makes what `save` needs where it is missing, and proves that it can be written to, for nothing is to be changed
  /// that cannot be recorded. Errors: state_unusable, cancelled.
  virtual Result<void> prepare() = 0;

  /// Appends one snapshot, then pushes it where there is a remote; a lost race is retried on top, here and there.
  /// Errors: state_unusable, snapshot_invalid of what others recorded meanwhile (nothing recorded).
  virtual Result<Saved> save(const Entry& entry) = 0;

  /// Pushes what was recorded here only, joined with what others pushed; for a command that saves nothing. Answers
  /// warnings: what still is recorded here only, and why.
  virtual Diagnostics publish() = 0;

  /// Newest first. Errors: state_unusable.
  virtual Result<std::vector<SnapshotInfo>> history() = 0;

  /// By commit, its unique prefix, or any git revision on the branch (`HEAD~2`). Errors: unknown_revision,
  /// snapshot_invalid.
  virtual Result<Stored> at(const std::string& revision) = 0;

  /// What a snapshot changed of the spec and the objects, against the one before it: a unified diff of its files; empty
  /// for the first. `commit` as `at` told. Errors: state_unusable.
  virtual Result<std::string> changes(const std::string& commit) = 0;
};

}  // namespace mesh
