#include "engine/base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace mesh {

std::string sha256_hex(std::string_view bytes) {
  // OpenSSL 3 looks EVP_sha256() up anew at each use, which costs more than to digest a kilobyte.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, sha256, nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{size} * 2);
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return hex;
}

std::string base64_encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string dense;
  dense.reserve(text.size());
  std::copy_if(text.begin(), text.end(), std::back_inserter(dense),
               [](unsigned char c) { return std::isspace(c) == 0; });
  if (dense.empty()) return std::string();
  if (dense.size() % 4 != 0) return std::nullopt;
  const auto padding = static_cast<std::size_t>(std::count(dense.end() - 2, dense.end(), '='));
  // EVP_DecodeBlock takes '=' anywhere for zero bits; only the end may hold it.
  if (dense.find('=') < dense.size() - padding) return std::nullopt;
  std::string bytes(dense.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(dense.data()), static_cast<int>(dense.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

}  // namespace mesh
