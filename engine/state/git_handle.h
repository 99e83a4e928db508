#pragma once

#include <git2.h>

#include <memory>
#include <string>

// For .cpp files of this layer only: libgit2's objects with an owner.
namespace mesh {

template <auto free>
struct GitFree {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};

using CommitHandle = std::unique_ptr<git_commit, GitFree<git_commit_free>>;
using TreeEntryHandle = std::unique_ptr<git_tree_entry, GitFree<git_tree_entry_free>>;
using TreeHandle = std::unique_ptr<git_tree, GitFree<git_tree_free>>;
using BlobHandle = std::unique_ptr<git_blob, GitFree<git_blob_free>>;
using ObjectHandle = std::unique_ptr<git_object, GitFree<git_object_free>>;
using DiffHandle = std::unique_ptr<git_diff, GitFree<git_diff_free>>;
using IndexHandle = std::unique_ptr<git_index, GitFree<git_index_free>>;
using RemoteHandle = std::unique_ptr<git_remote, GitFree<git_remote_free>>;
using RevwalkHandle = std::unique_ptr<git_revwalk, GitFree<git_revwalk_free>>;
using TransactionHandle = std::unique_ptr<git_transaction, GitFree<git_transaction_free>>;
using ConfigHandle = std::unique_ptr<git_config, GitFree<git_config_free>>;
using SignatureHandle = std::unique_ptr<git_signature, GitFree<git_signature_free>>;

/// `GitOut(handle)` stands where libgit2 wants the address of a pointer to fill. The handle holds the pointer from the
/// end of the full expression on, not before.
template <class Handle>
class GitOut {
 public:
  explicit GitOut(Handle& handle) : handle_(handle) {}
  GitOut(const GitOut&) = delete;
  GitOut& operator=(const GitOut&) = delete;
  ~GitOut() { handle_.reset(raw_); }
  operator typename Handle::pointer *() { return &raw_; }  // NOLINT(google-explicit-constructor): its whole purpose

 private:
  Handle& handle_;
  typename Handle::pointer raw_ = nullptr;
};

inline std::string hex(const git_oid& id) {
  char text[GIT_OID_HEXSZ + 1] = {};
  git_oid_tostr(text, sizeof text, &id);
  return text;
}

inline git_oid oid(const std::string& text) {
  git_oid id{};
  git_oid_fromstr(&id, text.c_str());
  return id;
}

}  // namespace mesh
