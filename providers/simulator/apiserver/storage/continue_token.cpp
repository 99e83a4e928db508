#include "providers/simulator/apiserver/storage/continue_token.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned bits_per_letter = 6;
constexpr unsigned bits_per_byte = 8;
constexpr unsigned char first_non_ascii = 0x80;

std::string to_base64(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    bits = (bits << bits_per_byte) | static_cast<unsigned char>(c);
    held += bits_per_byte;
    while (held >= bits_per_letter) {
      held -= bits_per_letter;
      out += alphabet[(bits >> held) & 63U];
    }
  }
  if (held > 0) out += alphabet[(bits << (bits_per_letter - held)) & 63U];
  return out;
}

std::optional<std::string> from_base64(const std::string& text) {
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << bits_per_letter) | static_cast<unsigned>(value);
    held += bits_per_letter;
    if (held >= bits_per_byte) {
      held -= bits_per_byte;
      out += static_cast<char>((bits >> held) & 255U);
    }
  }
  return out;
}

}  // namespace

std::string encode_continue(const ContinueToken& token) {
  const std::string start = json("/" + token.after + '\0').dump();
  return to_base64("{\"v\":\"meta.k8s.io/v1\",\"rv\":" + std::to_string(token.version) + ",\"start\":" + start + "}");
}

ApiResult<ContinueToken> decode_continue(const std::string& text) {
  const auto plain = from_base64(text);
  const auto refuse = [](const std::string& why) {
    return tl::unexpected(bad_request("invalid continue token: continue key is not valid: " + why));
  };
  if (!plain) return refuse("illegal base64 data at input byte 0");
  const json token = json::parse(*plain, nullptr, false);
  if (!token.is_object()) {
    const auto first = static_cast<unsigned char>(plain->empty() ? 0 : plain->front());
    const std::string shown = first < first_non_ascii ? std::string(1, static_cast<char>(first))
                                                      : fmt::format("\\u{:04x}", static_cast<unsigned>(first));
    return refuse("invalid character '" + shown + "' looking for beginning of value");
  }
  if (const json version = token.value("v", json("")); version != "meta.k8s.io/v1") {
    return refuse("server does not recognize this encoded version " +
                  (version.is_string() ? version.get<std::string>() : ""));
  }
  const json start = token.value("start", json());
  const json version = token.value("rv", json());
  if (!version.is_number_integer() || version == 0) return refuse("incorrect encoded start resourceVersion");
  if (!start.is_string() || start.get<std::string>().empty()) return refuse("encoded start key empty");
  std::string after = start.get<std::string>().substr(1);
  if (!after.empty() && after.back() == '\0') after.pop_back();
  return ContinueToken{.version = version.get<std::int64_t>(), .after = after};
}

}  // namespace mesh::simulator
