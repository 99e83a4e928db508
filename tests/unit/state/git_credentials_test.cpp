#include "engine/state/git_credentials.h"

#include <git2.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "tests/unit/state/git_world.h"

namespace mesh {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// What libgit2 gets when a server asks for a password and git's credential helper is `helper`.
class GitCredentialsHelper : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("GIT_CONFIG_COUNT", "1", 1);
    setenv("GIT_CONFIG_KEY_0", "credential.helper", 1);
  }
  void TearDown() override {
    for (const char* name : {"GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"}) unsetenv(name);
  }
  static int ask(const char* helper, GitCredentials credentials) {
    setenv("GIT_CONFIG_VALUE_0", helper, 1);
    git_remote_callbacks callbacks{};
    credentials.install(callbacks);
    git_credential* login = nullptr;
    const int error = callbacks.credentials(&login, "https://git.example/x.git", nullptr,
                                            GIT_CREDENTIAL_USERPASS_PLAINTEXT, callbacks.payload);
    git_credential_free(login);
    return error;
  }
};

TEST_F(GitCredentialsHelper, its_login_is_taken) {
  EXPECT_EQ(ask("!f() { echo username=u; echo password=p; }; f", GitCredentials({}, 20s)), 0);
}

TEST_F(GitCredentialsHelper, one_that_never_answers_is_ended_and_told) {
  EXPECT_EQ(ask("!sleep 60 #", GitCredentials({}, 200ms)), GIT_EAUTH);
  EXPECT_THAT(git_error_last()->message, HasSubstr("did not answer within 1 s"));
}

TEST_F(GitCredentialsHelper, one_that_never_answers_is_ended_by_a_stop) {
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(ask("!sleep 60 #", GitCredentials(stop.get_token(), 60s)), GIT_EAUTH);
}

TEST(GitCredentials, reads_the_helpers_answer) {
  const auto login = GitCredentials::parse_answer("protocol=https\nhost=h\nusername=u\npassword=a=b\n");
  ASSERT_TRUE(login);
  EXPECT_EQ(login->username, "u");
  EXPECT_EQ(login->password, "a=b");
  EXPECT_FALSE(GitCredentials::parse_answer("username=u\n"));
}

}  // namespace
}  // namespace mesh
