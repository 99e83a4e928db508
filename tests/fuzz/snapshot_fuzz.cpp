#include <map>

#include "engine/codec/snapshot_codec.h"
#include "tests/fuzz/fuzz.h"

namespace {

/// `=== PATH`, a line feed, the file; any number of them.
std::map<std::string, std::string> files_in(std::string_view text) {
  constexpr std::string_view mark = "=== ";
  std::map<std::string, std::string> files;
  while (text.starts_with(mark)) {
    const auto line = text.find('\n');
    if (line == std::string_view::npos) break;
    const std::string path(text.substr(mark.size(), line - mark.size()));
    text.remove_prefix(line + 1);
    const auto next = text.find("\n=== ");
    files[path] = std::string(text.substr(0, next == std::string_view::npos ? next : next + 1));
    text.remove_prefix(next == std::string_view::npos ? text.size() : next + 1);
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mesh;
  const auto files = files_in(fuzz::text_of(data, size));
  const auto snapshot = decode_snapshot(files);
  if (!snapshot) {
    fuzz::require_printable(snapshot.error());
    return 0;
  }
  const auto written = encode_snapshot(*snapshot);
  const auto again = decode_snapshot(written);
  fuzz::require(again && encode_snapshot(*again) == written);
  return 0;
}
