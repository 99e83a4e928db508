#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "providers/simulator/server/spdy_frames.h"

namespace mesh::simulator::spdy {

/// What both ends' compressors know of headers before the first one (draft 3.1, section 2.6.10.1).
const std::string& dictionary();

/// Four bytes, the most significant first.
std::string number_text(std::uint32_t number);
/// Of text that has them at `at`.
std::uint32_t number_at(std::string_view text, std::size_t at);

/// The headers as the protocol writes them before they are compressed; several values of one name have a zero byte
/// between them.
std::string block_of(const Headers& headers);
/// Nothing: it is no such text, or names a header twice, or not in lower case.
std::optional<Headers> headers_of(std::string_view block);

}  // namespace mesh::simulator::spdy
