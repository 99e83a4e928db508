#include "engine/base/shell_word.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(ShellWord, is_quoted_where_it_has_to_be) {
  EXPECT_EQ(shell_word("/tmp/sim-1/mesh.toml"), "/tmp/sim-1/mesh.toml");
  EXPECT_EQ(shell_word("/tmp/a b/mesh.toml"), "'/tmp/a b/mesh.toml'");
  EXPECT_EQ(shell_word("it's $HOME"), R"('it'\''s $HOME')");
  EXPECT_EQ(shell_word("~/sim"), "'~/sim'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace mesh
