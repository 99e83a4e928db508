#pragma once

#include <streambuf>
#include <string>
#include <vector>

namespace mesh {

/// Opens what of stdin, stdout and stderr is closed, so that no file or connection of ours takes its place; to use it
/// is an error as before. First thing in main.
void hold_standard_descriptors();

/// A stream's buffer over a descriptor that remembers why it could not be written to.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor);

  /// errno of the first write that failed; 0: none did.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type byte) override;
  int sync() override;

 private:
  bool empty_out();

  const int descriptor_;
  std::vector<char> bytes_;
  int error_ = 0;
};

/// What to say when stdout could not be written, `error` being errno.
std::string lost_output(int error);

}  // namespace mesh
