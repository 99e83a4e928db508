#include "engine/jobs/descriptor_buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ostream>

namespace mesh {
namespace {

TEST(DescriptorBuffer, writes_all_in_order_whatever_the_size) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  {
    DescriptorBuffer buffer(ends[1]);
    std::ostream out(&buffer);
    out << "one " << 2 << '\n';
    out.flush();
    std::array<char, 16> read_back{};
    EXPECT_EQ(read(ends[0], read_back.data(), read_back.size()), 6);
    EXPECT_EQ(std::string(read_back.data(), 6), "one 2\n");
    EXPECT_EQ(buffer.error(), 0);
  }
  close(ends[0]);
  close(ends[1]);
  const int file = memfd_create("much", 0);
  ASSERT_GE(file, 0);
  DescriptorBuffer buffer(file);
  std::ostream out(&buffer);
  const std::string much(300'000, 'm');
  for (const char c : much) out << c;
  out << much << std::flush;
  EXPECT_TRUE(out.good());
  EXPECT_EQ(lseek(file, 0, SEEK_END), 600'000);
  close(file);
}

TEST(DescriptorBuffer, lets_out_what_is_fit_for_a_terminal) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  DescriptorBuffer buffer(ends[1]);
  std::ostream out(&buffer);
  out << "a\x1b[2J\x1b[31mb\x1b[0m\xc2\x9b\xe2\x80\xae→\n" << std::flush;
  const std::string shown = "a?[2J\x1b[31mb\x1b[0m?????→\n";
  std::array<char, 100> read_back{};
  EXPECT_EQ(read(ends[0], read_back.data(), read_back.size()), static_cast<ssize_t>(shown.size()));
  EXPECT_EQ(std::string(read_back.data(), shown.size()), shown);
  close(ends[0]);
  close(ends[1]);
}

TEST(DescriptorBuffer, does_not_cut_characters) {
  const int file = memfd_create("arrows", 0);
  ASSERT_GE(file, 0);
  DescriptorBuffer buffer(file);
  std::ostream out(&buffer);
  std::string much = ".";
  while (much.size() < 300'000) much += "→";
  out << much << std::flush;
  std::string read_back(much.size() + 1, '\0');
  EXPECT_EQ(pread(file, read_back.data(), read_back.size(), 0), static_cast<ssize_t>(much.size()));
  read_back.pop_back();
  EXPECT_EQ(read_back, much);
  close(file);
}

TEST(DescriptorBuffer, remembers_the_first_error) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  DescriptorBuffer buffer(full);
  std::ostream out(&buffer);
  out << "text";
  EXPECT_FALSE(out.flush());
  EXPECT_EQ(buffer.error(), ENOSPC);
  close(full);
  out.clear();
  out << "more";
  EXPECT_FALSE(out.flush());
  EXPECT_EQ(buffer.error(), ENOSPC);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(finish_output(buffer, out, 0, 3), 3);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "mesh: stdout could not be written: No space left on device\n");
}

}  // namespace
}  // namespace mesh
