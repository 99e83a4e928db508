#include "engine/jobs/descriptor_buffer.h"

#include <fcntl.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/base/printable.h"
#include "engine/jobs/files.h"

namespace mesh {

void hold_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is the one that is asked for. Opened the wrong way round: what is written fails.
    const int taken = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (taken > STDERR_FILENO) close(taken);
  }
}

DescriptorBuffer::DescriptorBuffer(int descriptor) : descriptor_(descriptor), bytes_(std::size_t{1} << 16U) {
  setp(bytes_.data(), bytes_.data() + bytes_.size());
}

DescriptorBuffer::int_type DescriptorBuffer::overflow(int_type byte) {
  if (!empty_out(Tail::kept)) return traits_type::eof();
  if (traits_type::eq_int_type(byte, traits_type::eof())) return traits_type::not_eof(byte);
  *pptr() = traits_type::to_char_type(byte);
  pbump(1);
  return byte;
}

int DescriptorBuffer::sync() { return empty_out(Tail::written) ? 0 : -1; }

bool DescriptorBuffer::empty_out(Tail tail) {
  const std::string waiting(pbase(), pptr());
  setp(bytes_.data(), bytes_.data() + bytes_.size());
  const std::size_t kept = tail == Tail::kept ? incomplete_tail(waiting) : 0;
  std::copy(waiting.end() - static_cast<std::ptrdiff_t>(kept), waiting.end(), bytes_.begin());
  pbump(static_cast<int>(kept));
  const std::string_view whole = std::string_view(waiting).substr(0, waiting.size() - kept);
  if (error_ == 0 && !write_all(descriptor_, terminal_text(whole))) error_ = errno;
  return error_ == 0;
}

bool is_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): no thread sets it
  return isatty(descriptor) != 0 && (kind == nullptr || std::string_view(kind) != "dumb");
}

int finish_output(const DescriptorBuffer& written, std::ostream& out, int code, int code_when_lost) {
  out.flush();
  std::cerr.tie(nullptr);
  if (written.error() == 0) return code;
  fmt::print(std::cerr, "mesh: stdout could not be written: {}\n", std::generic_category().message(written.error()));
  return code_when_lost;
}

}  // namespace mesh
