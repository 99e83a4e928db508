#include "providers/simulator/apiserver/authentication/token_signer.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "engine/base/digest.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
constexpr std::size_t field_size = 32;  // bytes of a coordinate of P-256

std::string url_encode(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::optional<std::string> url_decode(std::string text) {
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  while (text.size() % 4 != 0) text.push_back('=');
  return base64_decode(text);
}

/// r and s of 32 bytes each, as JWS has them (RFC 7518 section 3.4), from OpenSSL's DER.
std::string raw_signature(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::array<unsigned char, 2 * field_size> raw{};
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), field_size);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + field_size, field_size);
  return {raw.begin(), raw.end()};
}

std::string der_signature(const std::string& raw) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const Signature signature(ECDSA_SIG_new());
  Number r(BN_bin2bn(bytes, field_size, nullptr));
  Number s(BN_bin2bn(bytes + field_size, field_size, nullptr));
  if (ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return "";
  // The signature owns both now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string text(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return text;
}

/// SHA-256 of the public key in DER, as kube-apiserver names its keys.
std::string key_id(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(der, static_cast<std::size_t>(size), hash.data());
  OPENSSL_free(der);
  return url_encode({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace

struct TokenSigner::Key {
  Pkey key;
  std::string id;
};

TokenSigner::TokenSigner() : key_(std::make_unique<Key>()) {
  key_->key.reset(EVP_EC_gen("P-256"));
  if (!key_->key) throw std::runtime_error("no key for service-account tokens could be made");
  key_->id = key_id(key_->key.get());
}

TokenSigner::~TokenSigner() = default;

std::string TokenSigner::sign(const json& claims) const {
  const std::string signed_text =
      url_encode(json{{"alg", "ES256"}, {"kid", key_->id}}.dump()) + "." + url_encode(claims.dump());
  const Digest context(EVP_MD_CTX_new());
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->key.get());
  const auto* bytes = reinterpret_cast<const unsigned char*>(signed_text.data());
  std::size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, bytes, signed_text.size());
  std::string der(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes, signed_text.size());
  der.resize(size);
  return signed_text + "." + url_encode(raw_signature(der));
}

std::optional<json> TokenSigner::verify(const std::string& token) const {
  const auto last = token.rfind('.');
  const auto first = token.find('.');
  if (last == std::string::npos || first == last) return std::nullopt;
  const auto raw = url_decode(token.substr(last + 1));
  const auto claims = url_decode(token.substr(first + 1, last - first - 1));
  if (!raw || !claims || raw->size() != 2 * field_size) return std::nullopt;
  const std::string der = der_signature(*raw);
  const Digest context(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_->key.get());
  const int good = EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(der.data()), der.size(),
                                    reinterpret_cast<const unsigned char*>(token.data()), last);
  if (good != 1) return std::nullopt;
  json parsed = json::parse(*claims, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

}  // namespace mesh::simulator
