#include "engine/state/git_repository.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "engine/state/git_create.h"
#include "engine/state/git_error.h"
#include "engine/state/git_handle.h"
#include "engine/state/git_write_check.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;

SignatureHandle author(git_repository* repository, std::chrono::system_clock::time_point when) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
  SignatureHandle signature;
  SignatureHandle configured;
  const int found = git_signature_default(GitOut(configured), repository);
  if (found == 0) git_signature_new(GitOut(signature), configured->name, configured->email, seconds, 0);
  if (signature) return signature;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') host = {"localhost"};
  git_signature_new(GitOut(signature), "mesh", fmt::format("mesh@{}", host.data()).c_str(), seconds, 0);
  return signature;
}

/// Whether a repository was not opened because it is another user's. Where no configuration names a safe one,
/// libgit2 1.5 tells of the key that it did not find instead.
bool is_foreign(int error) {
  const git_error* last = git_error_last();
  return error == GIT_EOWNER || (error == GIT_ENOTFOUND && last != nullptr && last->klass == GIT_ERROR_CONFIG);
}

/// Whether moves of branches are written down.
bool keeps_logs(git_repository* repository) {
  ConfigHandle config;
  const char* value = nullptr;
  if (git_repository_config_snapshot(GitOut(config), repository) != 0) return false;
  if (git_config_get_string(&value, config.get(), "core.logallrefupdates") != 0) {
    return git_repository_is_bare(repository) == 0;
  }
  int on = 0;
  // What is no boolean is `always`.
  return git_config_parse_bool(&on, value) != 0 || on != 0;
}

int collect(const char* root, const git_tree_entry* entry, void* payload) {
  auto& ids = *static_cast<std::map<std::string, git_oid>*>(payload);
  if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
    ids[std::string(root) + git_tree_entry_name(entry)] = *git_tree_entry_id(entry);
  }
  return 0;
}

}  // namespace

void GitRepository::Free::operator()(git_repository* repository) const { git_repository_free(repository); }

tl::unexpected<Diagnostics> GitRepository::unusable() const { return failure(state_unusable(path_, last_git_error())); }

Result<std::optional<GitRepository>> GitRepository::open(const fs::path& path) {
  if (missing_or_empty(path)) return std::nullopt;
  git_repository* raw = nullptr;
  const int error = git_repository_open_ext(&raw, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (error != 0) return failure(state_unopened(path, last_git_error(), is_foreign(error)));
  return std::optional<GitRepository>(GitRepository(raw, path));
}

Result<GitRepository> GitRepository::open_or_create(const fs::path& path, const std::string& head) {
  NotCreated failed;
  if (missing_or_empty(path)) failed = create_bare(path, head);
  Result<std::optional<GitRepository>> opened = open(path);
  if (!opened) return failure(std::move(opened.error()));
  if (!*opened) return failure(state_unwritable(path, failed.why, failed.error));
  return std::move(**opened);
}

Result<std::optional<std::string>> GitRepository::tip(const std::string& reference) const {
  git_oid id{};
  const int error = git_reference_name_to_id(&id, raw_.get(), reference.c_str());
  if (error == GIT_ENOTFOUND) return std::nullopt;
  if (error != 0) return unusable();
  return std::optional<std::string>(hex(id));
}

Result<std::string> GitRepository::write_tree(const std::map<std::string, std::string>& files) const {
  // An index of our own in memory: the repository's belongs to the user.
  IndexHandle index;
  if (git_index_new(GitOut(index)) != 0) return unusable();
  for (const auto& [path, bytes] : files) {
    git_index_entry entry{};
    entry.mode = GIT_FILEMODE_BLOB;
    entry.path = path.c_str();
    if (git_blob_create_from_buffer(&entry.id, raw_.get(), bytes.data(), bytes.size()) != 0 ||
        git_index_add(index.get(), &entry) != 0) {
      return unusable();
    }
  }
  git_oid tree{};
  if (git_index_write_tree_to(&tree, index.get(), raw_.get()) != 0) return unusable();
  return hex(tree);
}

Result<std::string> GitRepository::write_commit(const std::string& tree, const std::vector<std::string>& parents,
                                                const std::string& message,
                                                std::chrono::system_clock::time_point when) const {
  const git_oid tree_id = oid(tree);
  TreeHandle root;
  if (git_tree_lookup(GitOut(root), raw_.get(), &tree_id) != 0) return unusable();
  std::vector<CommitHandle> handles(parents.size());
  std::vector<const git_commit*> pointers;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const git_oid id = oid(parents[i]);
    if (git_commit_lookup(GitOut(handles[i]), raw_.get(), &id) != 0) return unusable();
    pointers.push_back(handles[i].get());
  }
  const SignatureHandle signature = author(raw_.get(), when);
  git_oid commit{};
  if (git_commit_create(&commit, raw_.get(), nullptr, signature.get(), signature.get(), nullptr, message.c_str(),
                        root.get(), pointers.size(), pointers.data()) != 0) {
    return unusable();
  }
  return hex(commit);
}

Result<bool> GitRepository::move(const std::string& reference, const std::optional<std::string>& from,
                                 const std::string& to) const {
  TransactionHandle transaction;
  if (git_transaction_new(GitOut(transaction), raw_.get()) != 0) return unusable();
  // Compared under git's own lock on the reference: creating one with libgit2 alone does not look a second time.
  const int locked = git_transaction_lock_ref(transaction.get(), reference.c_str());
  if (locked == GIT_ELOCKED) return false;
  if (locked != 0) return unusable();
  const Result<std::optional<std::string>> now = tip(reference);
  if (!now) return failure(now.error());
  if (*now != from) return false;
  const git_oid target = oid(to);
  if (git_transaction_set_target(transaction.get(), reference.c_str(), &target, nullptr, "mesh") != 0 ||
      git_transaction_commit(transaction.get()) != 0) {
    return unusable();
  }
  return true;
}

void GitRepository::drop(const std::string& reference) const { git_reference_remove(raw_.get(), reference.c_str()); }

Result<bool> GitRepository::lockable(const std::string& reference) const {
  TransactionHandle transaction;
  if (git_transaction_new(GitOut(transaction), raw_.get()) != 0) return unusable();
  const int locked = git_transaction_lock_ref(transaction.get(), reference.c_str());
  if (locked != 0 && locked != GIT_ELOCKED) return unusable();
  return locked == 0;
}

fs::path GitRepository::lock_of(const std::string& reference) const {
  return fs::path(git_repository_commondir(raw_.get())) / (reference + ".lock");
}

std::optional<Obstacle> GitRepository::obstacle(const std::string& reference) const {
  // It ends in a slash.
  const fs::path folder = fs::path(git_repository_commondir(raw_.get())).parent_path();
  if (auto found = objects_obstacle(folder)) return found;
  if (auto found = references_obstacle(folder)) return found;
  return keeps_logs(raw_.get()) ? log_obstacle(folder, reference) : std::nullopt;
}

Result<bool> GitRepository::contains(const std::string& commit, const std::string& ancestor) const {
  if (commit == ancestor) return true;
  const git_oid one = oid(commit);
  const git_oid other = oid(ancestor);
  const int answer = git_graph_descendant_of(raw_.get(), &one, &other);
  if (answer < 0) return unusable();
  return answer == 1;
}

Result<std::size_t> GitRepository::ahead(const std::string& commit, const std::optional<std::string>& other) const {
  if (!other) {
    const Result<std::vector<CommitInfo>> all = log({commit});
    if (!all) return failure(all.error());
    return all->size();
  }
  std::size_t ahead = 0;
  std::size_t behind = 0;
  const git_oid one = oid(commit);
  const git_oid two = oid(*other);
  if (git_graph_ahead_behind(&ahead, &behind, raw_.get(), &one, &two) != 0) return unusable();
  return ahead;
}

Result<std::optional<std::string>> GitRepository::common_ancestor(const std::string& one,
                                                                  const std::string& other) const {
  const git_oid first = oid(one);
  const git_oid second = oid(other);
  git_oid found{};
  const int error = git_merge_base(&found, raw_.get(), &first, &second);
  if (error == GIT_ENOTFOUND) return std::nullopt;
  if (error != 0) return unusable();
  return std::optional<std::string>(hex(found));
}

Result<std::vector<CommitInfo>> GitRepository::log(const std::vector<std::string>& tips) const {
  RevwalkHandle walk;
  if (git_revwalk_new(GitOut(walk), raw_.get()) != 0) return unusable();
  git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  for (const std::string& tip : tips) {
    const git_oid id = oid(tip);
    if (git_revwalk_push(walk.get(), &id) != 0) return unusable();
  }
  std::vector<CommitInfo> found;
  git_oid id{};
  int error = 0;
  while ((error = git_revwalk_next(&id, walk.get())) == 0) {
    CommitHandle commit;
    if (git_commit_lookup(GitOut(commit), raw_.get(), &id) != 0) return unusable();
    const git_signature* by = git_commit_author(commit.get());
    found.push_back({.id = hex(id),
                     .author = fmt::format("{} <{}>", by->name, by->email),
                     .time = std::chrono::system_clock::time_point(std::chrono::seconds(by->when.time)),
                     .message = git_commit_message(commit.get())});
  }
  if (error != GIT_ITEROVER) return unusable();
  return found;
}

Result<std::vector<std::string>> GitRepository::folders(const std::string& commit, const std::string& folder) const {
  const git_oid id = oid(commit);
  CommitHandle handle;
  TreeHandle root;
  TreeEntryHandle entry;
  TreeHandle tree;
  std::vector<std::string> names;
  if (git_commit_lookup(GitOut(handle), raw_.get(), &id) != 0) return unusable();
  if (git_commit_tree(GitOut(root), handle.get()) != 0) return unusable();
  const int found = git_tree_entry_bypath(GitOut(entry), root.get(), folder.c_str());
  if (found == GIT_ENOTFOUND) return names;
  if (found != 0 || git_tree_lookup(GitOut(tree), raw_.get(), git_tree_entry_id(entry.get())) != 0) return unusable();
  for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
    const git_tree_entry* one = git_tree_entry_byindex(tree.get(), i);
    if (git_tree_entry_type(one) == GIT_OBJECT_TREE) names.emplace_back(git_tree_entry_name(one));
  }
  return names;
}

Result<std::optional<std::string>> GitRepository::file(const std::string& commit, const std::string& path) const {
  const git_oid id = oid(commit);
  CommitHandle handle;
  TreeHandle root;
  TreeEntryHandle entry;
  BlobHandle blob;
  if (git_commit_lookup(GitOut(handle), raw_.get(), &id) != 0) return unusable();
  if (git_commit_tree(GitOut(root), handle.get()) != 0) return unusable();
  const int found = git_tree_entry_bypath(GitOut(entry), root.get(), path.c_str());
  if (found == GIT_ENOTFOUND) return std::nullopt;
  if (found != 0 || git_blob_lookup(GitOut(blob), raw_.get(), git_tree_entry_id(entry.get())) != 0) return unusable();
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                     static_cast<std::size_t>(git_blob_rawsize(blob.get())));
}

Result<std::map<std::string, std::string>> GitRepository::files(const std::string& commit) const {
  const git_oid id = oid(commit);
  CommitHandle handle;
  TreeHandle tree;
  std::map<std::string, git_oid> ids;
  if (git_commit_lookup(GitOut(handle), raw_.get(), &id) != 0) return unusable();
  if (git_commit_tree(GitOut(tree), handle.get()) != 0) return unusable();
  if (git_tree_walk(tree.get(), GIT_TREEWALK_PRE, collect, &ids) != 0) return unusable();
  std::map<std::string, std::string> files;
  for (const auto& [path, blob_id] : ids) {
    BlobHandle blob;
    if (git_blob_lookup(GitOut(blob), raw_.get(), &blob_id) != 0) return unusable();
    files[path].assign(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                       static_cast<std::size_t>(git_blob_rawsize(blob.get())));
  }
  return files;
}

Result<std::string> GitRepository::changes(const std::string& commit, const std::vector<std::string>& globs) const {
  const git_oid id = oid(commit);
  CommitHandle handle;
  CommitHandle parent;
  TreeHandle after;
  TreeHandle before;
  DiffHandle diff;
  if (git_commit_lookup(GitOut(handle), raw_.get(), &id) != 0) return unusable();
  if (git_commit_parentcount(handle.get()) == 0) return std::string();
  if (git_commit_parent(GitOut(parent), handle.get(), 0) != 0) return unusable();
  if (git_commit_tree(GitOut(after), handle.get()) != 0) return unusable();
  if (git_commit_tree(GitOut(before), parent.get()) != 0) return unusable();
  std::vector<const char*> specs;
  specs.reserve(globs.size());
  for (const std::string& glob : globs) specs.push_back(glob.c_str());
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  // libgit2 only reads them.
  options.pathspec = {const_cast<char**>(specs.data()), specs.size()};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  if (git_diff_tree_to_tree(GitOut(diff), raw_.get(), before.get(), after.get(), &options) != 0) return unusable();
  git_buf text = GIT_BUF_INIT;
  if (git_diff_to_buf(&text, diff.get(), GIT_DIFF_FORMAT_PATCH) != 0) return unusable();
  std::string patch(text.ptr, text.size);
  git_buf_dispose(&text);
  return patch;
}

std::optional<std::string> GitRepository::parse(const std::string& revision) const {
  ObjectHandle named;
  ObjectHandle commit;
  if (git_revparse_single(GitOut(named), raw_.get(), revision.c_str()) != 0) return std::nullopt;
  if (git_object_peel(GitOut(commit), named.get(), GIT_OBJECT_COMMIT) != 0) return std::nullopt;
  return hex(*git_object_id(commit.get()));
}

}  // namespace mesh
