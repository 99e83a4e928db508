#include "providers/kubernetes/kubeconfig/exec_plugin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <vector>

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;

constexpr const char* version = "client.authentication.k8s.io/v1";

TEST(ExecPlugin, what_nests_without_end_is_no_credential) {
  const auto credential = parse_exec_credential(std::string(300'000, '['), version, "login");
  ASSERT_FALSE(credential.has_value());
  EXPECT_EQ(credential.error().front().cause, "`login` printed 300000 bytes that are not a JSON object");
}

/// Each run of the plugin makes a file, counts those that are there, and waits until it may end.
TEST(ExecPlugin, at_most_two_a_core_run_at_once) {
  std::string pattern = (std::filesystem::temp_directory_path() / "mesh-gate-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const std::string script = "mkdir -p " + folder.string() + "/now; : > " + folder.string() + "/now/$$; ls " +
                             folder.string() + "/now | wc -l >> " + folder.string() + "/counts; rm " + folder.string() +
                             "/now/$$; exit 3";
  Access access{.server = "https://dc1.example"};
  access.exec = ExecConfig{
      .command = "sh", .args = {"-c", script}, .api_version = {version, {}}, .interactive_mode = {"Never", {}}};
  const std::size_t most = 2 * std::max(1U, std::thread::hardware_concurrency());
  {
    std::vector<std::jthread> callers;
    for (std::size_t i = 0; i < 4 * most; ++i) {
      callers.emplace_back([&] {
        const auto got = run_exec_plugin(access, {{"PATH", "/usr/bin:/bin"}}, false, 60s, {});
        EXPECT_EQ(got.error().front().cause, "`sh` exited with code 3");
      });
    }
  }
  std::ifstream counts(folder / "counts");
  const std::vector<std::size_t> seen(std::istream_iterator<std::size_t>(counts), {});
  EXPECT_EQ(seen.size(), 4 * most);
  EXPECT_LE(*std::max_element(seen.begin(), seen.end()), most);
  std::filesystem::remove_all(folder);
}

TEST(ExecPlugin, its_turn_is_waited_for_no_longer_than_may_be) {
  Access access{.server = "https://dc1.example"};
  access.exec = ExecConfig{
      .command = "sh", .args = {"-c", "exit 3"}, .api_version = {version, {}}, .interactive_mode = {"Never", {}}};
  const auto late = run_exec_plugin(access, {{"PATH", "/usr/bin:/bin"}}, false, 0ms, {});
  EXPECT_EQ(late.error().front().code, Code::timed_out);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = run_exec_plugin(access, {{"PATH", "/usr/bin:/bin"}}, false, 60s, stop.get_token());
  EXPECT_EQ(stopped.error().front().code, Code::cancelled);
}

}  // namespace
}  // namespace mesh::kubernetes
