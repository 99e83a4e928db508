#include "providers/simulator/server/spdy_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace mesh::simulator::spdy {
namespace {

/// Writes down what it hears, and accepts every stream but those that say no.
class Notes final : public Streams {
 public:
  explicit Notes(ServerSession& session) : session_(session) {}
  void opened(StreamId id, const Headers& headers) override {
    const auto kind = headers.find("kind");
    lines.push_back(fmt::format("{} opened {}", id, kind == headers.end() ? "" : kind->second));
    if (kind != headers.end() && kind->second == "no") {
      session_.reset(id, ResetReason::cancel);
    } else {
      session_.accept(id);
    }
  }
  void received(StreamId id, std::string_view bytes) override { lines.push_back(fmt::format("{} says {}", id, bytes)); }
  void finished(StreamId id) override { lines.push_back(fmt::format("{} finished", id)); }
  void was_reset(StreamId id) override { lines.push_back(fmt::format("{} reset", id)); }
  std::vector<std::string> lines;

 private:
  ServerSession& session_;
};

class SpdySession : public ::testing::Test {
 protected:
  bool hear(const std::vector<Frame>& frames) {
    std::string bytes;
    for (const Frame& frame : frames) bytes += writer_.bytes_of(frame);
    return session_.receive(bytes, notes_);
  }
  std::vector<Frame> said() {
    reader_.feed(session_.take_output());
    std::vector<Frame> frames;
    while (auto frame = reader_.next()) frames.push_back(std::move(*frame));
    EXPECT_EQ(reader_.problem(), "");
    return frames;
  }
  using Lines = std::vector<std::string>;
  using Frames = std::vector<Frame>;

  ServerSession session_;
  Notes notes_{session_};
  FrameWriter writer_;
  FrameReader reader_;
};

TEST_F(SpdySession, carries_streams_both_ways) {
  EXPECT_TRUE(
      hear({SynStream{1, false, {{"kind", "a"}}}, SynStream{3, true, {}}, Data{1, false, "hello"}, Data{1, true}}));
  EXPECT_EQ(notes_.lines, (Lines{"1 opened a", "3 opened ", "3 finished", "1 says hello", "1 finished"}));
  session_.send(1, "good");
  session_.send(1, "bye");
  session_.finish(1);
  session_.send(3, std::string(40'000, 'x'));
  EXPECT_EQ(said(), (Frames{SynReply{1}, SynReply{3}, Data{1, false, "good"}, Data{1, false, "bye"}, Data{1, true},
                            Data{3, false, std::string(32'768, 'x')}, Data{3, false, std::string(7'232, 'x')}}));
}

TEST_F(SpdySession, is_silent_on_streams_that_are_closed) {
  EXPECT_TRUE(hear({SynStream{1, true, {}}, SynStream{3, false, {}}, SynStream{5, false, {{"kind", "no"}}}}));
  session_.finish(1);
  EXPECT_TRUE(hear({Data{1, false, "late"}, RstStream{3, ResetReason::cancel}, RstStream{3, ResetReason::cancel},
                    Data{3, false, "late"}, Data{5, true, "late"}, Data{99, false, "never"}}));
  EXPECT_EQ(notes_.lines, (Lines{"1 opened ", "1 finished", "3 opened ", "5 opened no", "3 reset"}));
  session_.send(1, "late");
  session_.finish(1);
  session_.send(3, "late");
  session_.reset(3, ResetReason::cancel);
  EXPECT_EQ(said(), (Frames{SynReply{1}, SynReply{3}, RstStream{5, ResetReason::cancel}, Data{1, true}}));
}

TEST_F(SpdySession, answers_pings_of_the_client_alone) {
  EXPECT_TRUE(hear({Ping{1}, Ping{2}, Ping{3}}));
  EXPECT_EQ(said(), (Frames{Ping{1}, Ping{3}}));
}

TEST_F(SpdySession, takes_no_notice_of_what_asks_for_nothing) {
  // SETTINGS, WINDOW_UPDATE and one that does not exist.
  EXPECT_TRUE(hear({Other{4}, Other{9}, Other{77}, SynReply{1, false, {{"a", "b"}}}, SynStream{1, false, {}}}));
  EXPECT_EQ(notes_.lines, Lines{"1 opened "});
}

TEST_F(SpdySession, ends_when_the_client_goes) {
  EXPECT_FALSE(hear({SynStream{1, false, {}}, GoAway{0, EndReason::ok}, SynStream{3, false, {}}}));
  EXPECT_EQ(notes_.lines, Lines{"1 opened "});
}

TEST_F(SpdySession, refuses_streams_of_wrong_numbers) {
  EXPECT_TRUE(
      hear({SynStream{5, false, {}}, SynStream{5, false, {}}, SynStream{3, false, {}}, SynStream{8, false, {}}}));
  EXPECT_EQ(notes_.lines, Lines{"5 opened "});
  EXPECT_EQ(said(), (Frames{SynReply{5}, RstStream{5, ResetReason::protocol_error},
                            RstStream{3, ResetReason::protocol_error}, RstStream{8, ResetReason::protocol_error}}));
  EXPECT_FALSE(hear({SynStream{0, false, {}}}));
  EXPECT_EQ(said(), (Frames{GoAway{5, EndReason::protocol_error}}));
}

TEST_F(SpdySession, says_that_it_ends_over_garbage) {
  EXPECT_FALSE(session_.receive(std::string(100, '\xee'), notes_));
  EXPECT_EQ(said(), (Frames{GoAway{0, EndReason::protocol_error}}));
}

TEST_F(SpdySession, answers_nothing_new_once_it_ends) {
  EXPECT_TRUE(hear({SynStream{1, false, {}}}));
  session_.go_away(EndReason::ok);
  session_.go_away(EndReason::ok);
  EXPECT_TRUE(hear({SynStream{3, false, {}}, Data{1, false, "still"}}));
  session_.send(1, "too");
  EXPECT_EQ(notes_.lines, (Lines{"1 opened ", "1 says still"}));
  EXPECT_EQ(said(), (Frames{SynReply{1}, GoAway{1, EndReason::ok}, Data{1, false, "too"}}));
}

TEST_F(SpdySession, has_room_for_so_many_streams) {
  Frames frames;
  for (StreamId id = 1; id <= 2 * ServerSession::most_streams + 1; id += 2)
    frames.emplace_back(SynStream{id, false, {}});
  EXPECT_TRUE(hear(frames));
  EXPECT_EQ(notes_.lines.size(), ServerSession::most_streams);
  EXPECT_EQ(said().back(), Frame(RstStream{2 * ServerSession::most_streams + 1, ResetReason::refused_stream}));
  session_.reset(1, ResetReason::cancel);
  EXPECT_TRUE(hear({SynStream{2 * ServerSession::most_streams + 3, false, {}}}));
  EXPECT_EQ(notes_.lines.size(), ServerSession::most_streams + 1);
}

}  // namespace
}  // namespace mesh::simulator::spdy
