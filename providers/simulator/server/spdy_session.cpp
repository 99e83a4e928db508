#include "providers/simulator/server/spdy_session.h"

namespace mesh::simulator::spdy {
namespace {

/// Of one frame, so that no stream keeps the others waiting.
constexpr std::size_t largest_piece = 32U << 10U;

}  // namespace

bool ServerSession::receive(std::string_view bytes, Streams& streams) {
  reader_.feed(bytes);
  while (const auto frame = reader_.next()) {
    if (const auto* opened = std::get_if<SynStream>(&*frame)) {
      // A stream without a number cannot even be refused.
      if (opened->id == 0) {
        go_away(EndReason::protocol_error);
        return false;
      }
      answer(*opened, streams);
    } else if (const auto* data = std::get_if<Data>(&*frame)) {
      answer(*data, streams);
    } else if (const auto* reset = std::get_if<RstStream>(&*frame)) {
      if (open_.erase(reset->id) > 0) streams.was_reset(reset->id);
    } else if (const auto* ping = std::get_if<Ping>(&*frame)) {
      // An even one would be the answer to a ping of ours.
      if (ping->id % 2 == 1) write(*ping);
    } else if (std::holds_alternative<GoAway>(*frame)) {
      return false;
    }
  }
  if (reader_.problem().empty()) return true;
  go_away(EndReason::protocol_error);
  return false;
}

void ServerSession::answer(const SynStream& frame, Streams& streams) {
  if (going_) return;
  if (frame.id % 2 == 0 || frame.id <= last_) {
    write(RstStream{frame.id, ResetReason::protocol_error});
    return;
  }
  last_ = frame.id;
  if (open_.size() >= most_streams) {
    write(RstStream{frame.id, ResetReason::refused_stream});
    return;
  }
  open_[frame.id] = {};
  streams.opened(frame.id, frame.headers);
  if (frame.last) client_finished(frame.id, streams);
}

void ServerSession::answer(const Data& frame, Streams& streams) {
  // What is still on its way to a stream that is closed is nobody's fault.
  const auto found = open_.find(frame.id);
  if (found == open_.end() || found->second.client_finished) return;
  if (!frame.bytes.empty()) streams.received(frame.id, frame.bytes);
  if (frame.last) client_finished(frame.id, streams);
}

void ServerSession::client_finished(StreamId id, Streams& streams) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  found->second.client_finished = true;
  if (found->second.finished) open_.erase(found);
  streams.finished(id);
}

void ServerSession::accept(StreamId id) {
  if (open_.contains(id)) write(SynReply{.id = id});
}

void ServerSession::send(StreamId id, std::string_view bytes) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.finished) return;
  for (std::size_t at = 0; at < bytes.size(); at += largest_piece) {
    write(Data{.id = id, .bytes = std::string(bytes.substr(at, largest_piece))});
  }
}

void ServerSession::finish(StreamId id) {
  const auto found = open_.find(id);
  if (found == open_.end() || found->second.finished) return;
  write(Data{.id = id, .last = true});
  found->second.finished = true;
  if (found->second.client_finished) open_.erase(found);
}

void ServerSession::reset(StreamId id, ResetReason reason) {
  if (open_.erase(id) > 0) write(RstStream{id, reason});
}

void ServerSession::go_away(EndReason reason) {
  if (std::exchange(going_, true)) return;
  write(GoAway{last_, reason});
}

}  // namespace mesh::simulator::spdy
