#include "engine/workspace/progress_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/fake_clock.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

/// May be read while another thread writes.
class SharedText final : public std::stringbuf {
 public:
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return str();
  }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    const std::lock_guard lock(mutex_);
    return std::stringbuf::xsputn(bytes, count);
  }

 private:
  mutable std::mutex mutex_;
};

struct ProgressLinesTest : ::testing::Test {
  const Address gateway{"c1/gateway"};
  mesh::testing::FakeClock clock;
  SharedText written;
  std::ostream out{&written};
  std::size_t columns = 80;
};

TEST_F(ProgressLinesTest, are_one_per_event_where_there_is_no_terminal) {
  ProgressLines lines(out, false, Color::off, clock);
  lines.started(gateway, Operation::create);
  lines.waiting(gateway, "Deployment is not available");
  lines.waiting(gateway, "Deployment is not available");
  lines.finished({.address = gateway, .outcome = Outcome::done, .took = milliseconds(1500)});
  lines.close();
  EXPECT_EQ(written.text(),
            "c1/gateway: creating\nc1/gateway: waiting: Deployment is not available\nc1/gateway: done after 1.5s\n");
}

TEST_F(ProgressLinesTest, show_what_came_too_soon_after_a_drawing_a_moment_later) {
  ProgressLines lines(out, true, Color::off, clock, [this] { return columns; });
  lines.started(gateway, Operation::create);
  lines.waiting(gateway, "Service has no address yet");
  EXPECT_THAT(written.text(), Not(HasSubstr("no address yet")));
  clock.sleep_until(clock.now() + std::chrono::seconds(3), {});
  for (int i = 0; i < 500 && written.text().find("no address yet") == std::string::npos; ++i) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_THAT(written.text(), HasSubstr("\033[1A\033[J  c1/gateway creating 3.0s: Service has no address yet\n"));
  lines.close();
}

TEST_F(ProgressLinesTest, are_cut_where_the_terminal_ends) {
  columns = 30;
  ProgressLines lines(out, true, Color::off, clock, [this] { return columns; });
  lines.waiting(gateway, "é… Service has no address yet, for a long time");
  lines.started({"c2/gateway"}, Operation::create);
  lines.close();
  EXPECT_THAT(written.text(), HasSubstr("  c1/gateway waiting 0.0s: é……\n"));
}

TEST_F(ProgressLinesTest, that_fit_are_whole) {
  columns = std::string_view("  c1/gateway creating 0.0s").size();
  ProgressLines lines(out, true, Color::off, clock, [this] { return columns; });
  lines.started(gateway, Operation::create);
  lines.close();
  EXPECT_THAT(written.text(), HasSubstr("  c1/gateway creating 0.0s\n"));
}

TEST_F(ProgressLinesTest, tell_of_a_stop_at_once) {
  ProgressLines lines(out, false, Color::off, clock);
  lines.stopping();
  EXPECT_THAT(written.text(), HasSubstr("stopping: what runs is finished and recorded; a second Ctrl-C ends at once"));
  lines.close();
}

}  // namespace
}  // namespace mesh
