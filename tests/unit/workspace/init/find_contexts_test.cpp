#include "engine/workspace/init/find_contexts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

namespace mesh {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct FindContexts : ::testing::Test {
  FindContexts() {
    std::string pattern = ::testing::TempDir() + "mesh-contexts-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
    folder = fs::canonical(pattern);
  }
  ~FindContexts() override { fs::remove_all(folder); }

  fs::path write(const std::string& name, const std::string& text) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
    return folder / name;
  }

  /// A kubeconfig with these contexts; the first is the current one.
  fs::path kubeconfig(const std::string& name, const std::vector<std::string>& contexts) {
    std::string text = fmt::format("kind: Config\ncurrent-context: {}\ncontexts:\n", contexts.front());
    for (const std::string& context : contexts)
      text += fmt::format("- name: {0}\n  context: {{cluster: c, user: u}}\n", context);
    text += "clusters:\n- name: c\n  cluster: {server: \"https://me:hush@10.0.0.1:6443/x/\"}\n";
    text +=
        "users:\n- name: u\n  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: /usr/bin/aws, "
        "args: [eks, get-token], interactiveMode: Never}}\n";
    return write(name, text);
  }

  Result<FoundContexts> find(std::vector<fs::path> sources, std::vector<std::string> chosen = {}) {
    return find_contexts({.sources = std::move(sources), .chosen = std::move(chosen), .folder = folder / "spec"},
                         environment, kubernetes::file_reader());
  }

  static std::vector<std::string> names(const Result<FoundContexts>& found) {
    std::vector<std::string> all;
    for (const ContextOfFile& one : found.value().contexts) all.push_back(one.context.name);
    return all;
  }

  fs::path folder;
  kubernetes::Environment environment;
};

TEST_F(FindContexts, tells_server_and_login_without_credentials) {
  const auto found = find({kubeconfig("a.yaml", {"a"})});
  ASSERT_TRUE(found);
  const ContextOfFile& one = found->contexts.front();
  EXPECT_EQ(one.context.server, "https://10.0.0.1:6443/x");
  EXPECT_EQ(one.context.login, "aws eks get-token");
  EXPECT_TRUE(one.context.is_only_one);
  EXPECT_EQ(one.access.name, "a");
  EXPECT_EQ(one.access.context, "a");
}

TEST_F(FindContexts, paths_are_relative_to_the_spec_unless_they_were_not) {
  const fs::path inside = kubeconfig("spec/configs/a.yaml", {"a"});
  const fs::path outside = kubeconfig("b.yaml", {"b"});
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  const auto found = find({inside, outside, "b.yaml"});
  fs::current_path(before);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->contexts[0].context.kubeconfig, ElementsAre("configs/a.yaml"));
  EXPECT_THAT(found->contexts[1].context.kubeconfig, ElementsAre(outside));
  EXPECT_THAT(found->contexts[2].context.kubeconfig, ElementsAre("../b.yaml"));
}

TEST_F(FindContexts, a_folder_gives_its_kubeconfigs_in_order) {
  kubeconfig("all/b.yaml", {"b1", "b2"});
  kubeconfig("all/a.yaml", {"a"});
  write("all/README.md", "clusters and contexts of prod\n- name: [");
  write("all/broken.yaml", "contexts:\n- name: [\nclusters:\n");
  write("all/notes.txt", "nothing");
  kubeconfig("all/.hidden", {"h"});
  kubeconfig("all/below/c.yaml", {"c"});
  const auto found = find({folder / "all"});
  ASSERT_TRUE(found);
  EXPECT_THAT(names(found), ElementsAre("a", "b1", "b2"));
  EXPECT_FALSE(found->contexts[1].context.is_only_one);
  ASSERT_THAT(found->diagnostics, SizeIs(1));
  EXPECT_EQ(found->diagnostics.front().severity, Severity::warning);
  EXPECT_THAT(found->diagnostics.front().at.value().file, ::testing::HasSubstr("broken.yaml"));
}

TEST_F(FindContexts, a_file_that_was_named_must_be_one) {
  EXPECT_EQ(find({folder / "none.yaml"}).error().front().code, Code::file_not_readable);
  EXPECT_EQ(find({write("bad.yaml", "- a: [")}).error().front().code, Code::syntax_error);
}

TEST_F(FindContexts, without_a_name_the_usual_kubeconfig_is_read) {
  EXPECT_EQ(find({}).error().front().code, Code::kubeconfig_invalid);
  EXPECT_THAT(find({}).error().front().hint, ::testing::HasSubstr("mesh init"));
  environment["KUBECONFIG"] = kubeconfig("a.yaml", {"a"}).string() + ":" + kubeconfig("b.yaml", {"b"}).string();
  const auto found = find({});
  ASSERT_TRUE(found);
  EXPECT_THAT(names(found), ElementsAre("a", "b"));
  EXPECT_THAT(found->contexts.front().context.kubeconfig, IsEmpty());
  EXPECT_FALSE(found->contexts.front().context.is_only_one);
}

TEST_F(FindContexts, globs_choose_contexts) {
  const fs::path file = kubeconfig("a.yaml", {"prod-a", "prod-b", "test"});
  EXPECT_THAT(names(find({file}, {"prod-*"})), ElementsAre("prod-a", "prod-b"));
  EXPECT_THAT(names(find({file}, {"test", "*-a"})), ElementsAre("prod-a", "test"));
  const auto none = find({file}, {"prd-a"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().front().code, Code::usage);
  EXPECT_THAT(none.error().front().hint, ::testing::HasSubstr("prod-a"));
}

}  // namespace
}  // namespace mesh
