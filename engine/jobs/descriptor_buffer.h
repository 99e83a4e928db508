#pragma once

#include <ostream>
#include <streambuf>
#include <vector>

namespace mesh {

/// Opens what of stdin, stdout and stderr is closed, so that no file or connection of ours takes its place; to use it
/// is an error as before. First thing in main.
void hold_standard_descriptors();

/// A stream's buffer over a descriptor that remembers why it could not be written to. What steers a terminal does not
/// leave it: whatever text is printed, only `terminal_text` of it comes out.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor);

  /// errno of the first write that failed; 0: none did.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type byte) override;
  int sync() override;

 private:
  enum class Tail { kept, written };
  /// `kept`: the beginning of a character stays until its rest is there.
  bool empty_out(Tail tail);

  const int descriptor_;
  std::vector<char> bytes_;
  int error_ = 0;
};

/// One that understands colours and movements of the cursor.
bool is_terminal(int descriptor);

/// Flushes `out`, whose buffer `written` is. Returns `code`, or when bytes were lost says so on stderr and returns
/// `code_when_lost`.
int finish_output(const DescriptorBuffer& written, std::ostream& out, int code, int code_when_lost);

}  // namespace mesh
