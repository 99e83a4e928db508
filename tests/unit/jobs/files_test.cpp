#include "engine/jobs/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>
#include <stdexcept>
#include <stop_token>

namespace mesh {
namespace {

namespace fs = std::filesystem;

struct Files : ::testing::Test {
  Files() {
    std::string pattern = ::testing::TempDir() + "mesh-files-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error(pattern);
    folder = pattern;
  }
  ~Files() override { fs::remove_all(folder); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  fs::path folder;
};

TEST_F(Files, replaces_a_file_whole_for_its_owner_alone) {
  const fs::path file = folder / "plan.json";
  ASSERT_TRUE(write_file(file, "old"));
  ASSERT_TRUE(write_file(file, "new"));
  EXPECT_EQ(read_file(file).value(), "new");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, creates_a_file_only_where_there_is_none) {
  const fs::path file = folder / "mesh.toml";
  ASSERT_TRUE(create_file(file, "first"));
  const auto second = create_file(file, "second");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().front().code, Code::file_not_writable);
  EXPECT_EQ(read_file(file).value(), "first");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, writes_to_what_a_link_names) {
  const fs::path target = folder / "target";
  const fs::path link = folder / "link";
  fs::create_symlink("target", link);
  for (const char* text : {"made", "replaced"}) {
    ASSERT_TRUE(write_file(link, text));
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(read_file(target).value(), text);
  }
  EXPECT_EQ(entries(), 2U);
}

TEST_F(Files, a_pipe_stays_a_pipe) {
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), S_IRUSR | S_IWUSR), 0);
  auto read = std::async(std::launch::async, [&] { return read_file(pipe); });
  ASSERT_TRUE(write_file(pipe, "through"));
  EXPECT_EQ(read.get().value(), "through");
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(Files, a_pipe_that_does_not_end_is_left) {
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), S_IRUSR | S_IWUSR), 0);
  const auto late = read_file(pipe, {.patience = std::chrono::milliseconds(1)});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().front().code, Code::file_not_readable);
  EXPECT_EQ(late.error().front().cause, "it is not a regular file, and did not end within 1 s");
  std::stop_source stop;
  auto read = std::async(std::launch::async, [&] {
    return read_file(pipe, {.patience = std::chrono::hours(1), .stop = stop.get_token()});
  });
  stop.request_stop();
  const auto stopped = read.get();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().front().code, Code::cancelled);
}

TEST_F(Files, what_never_ends_is_not_read_whole) {
  const auto endless = read_file("/dev/zero", {.bytes = 100'000});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().front().cause, "it has more than 100000 bytes");
}

TEST_F(Files, a_descriptor_of_this_process_is_written_to_where_it_stands) {
  const fs::path file = folder / "file";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  ASSERT_EQ(::write(descriptor, "before ", 7), 7);
  const std::string number = std::to_string(descriptor);
  ASSERT_TRUE(write_file("/dev/fd/" + number, "one "));
  ASSERT_TRUE(write_file("/proc/self/fd/" + number, "two "));
  fs::create_symlink("/dev/fd/" + number, folder / "link");
  fs::create_symlink("link", folder / "link_to_link");
  ASSERT_TRUE(write_file(folder / "link_to_link", "three "));
  EXPECT_EQ(::write(descriptor, "after", 5), 5);
  ::close(descriptor);
  EXPECT_EQ(read_file(file).value(), "before one two three after");
  const auto closed = write_file("/dev/fd/" + number, "x");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().front().cause, "Bad file descriptor");
}

TEST_F(Files, links_that_go_round_are_an_error) {
  fs::create_symlink("other", folder / "one");
  fs::create_symlink("one", folder / "other");
  EXPECT_FALSE(write_file(folder / "one", "x"));
}

TEST_F(Files, says_why_a_file_cannot_be_written) {
  const auto found = write_file(folder / "none" / "plan.json", "x");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().front().code, Code::file_not_writable);
  EXPECT_EQ(found.error().front().cause, "No such file or directory");
  EXPECT_FALSE(write_file(folder, "x"));
}

}  // namespace
}  // namespace mesh
