#include "providers/istio/trust/ca_certificates.h"

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/digest.h"

namespace mesh::istio {
namespace {

template <auto free>
struct FreeCertificatePart {
  template <class T>
  void operator()(T* value) const {
    free(value);
  }
};
using CertificateHandle = std::unique_ptr<X509, FreeCertificatePart<X509_free>>;
using MemoryBio = std::unique_ptr<BIO, FreeCertificatePart<BIO_free_all>>;

constexpr int max_blocks = 1000;

std::string name_text(const X509_NAME* name) {
  const MemoryBio memory(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return size <= 0 ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

/// Nothing where the certificate holds no time.
std::optional<std::string> time_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string key_digest(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return {};
  std::string digest = sha256_hex({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return digest;
}

std::optional<CaCertificate> take_apart(X509* certificate) {
  const auto not_before = time_text(X509_get0_notBefore(certificate));
  const auto not_after = time_text(X509_get0_notAfter(certificate));
  std::string digest = key_digest(certificate);
  if (!not_before || !not_after || digest.empty()) return std::nullopt;
  return CaCertificate{.key_sha256 = std::move(digest),
                       .subject = name_text(X509_get_subject_name(certificate)),
                       .issuer = name_text(X509_get_issuer_name(certificate)),
                       .not_before = *not_before,
                       .not_after = *not_after,
                       .is_ca = X509_check_ca(certificate) == 1};
}

}  // namespace

PemCertificates ca_certificates(std::string_view pem) {
  static constexpr std::string_view begin = "-----BEGIN ";
  static constexpr std::string_view end = "-----END ";
  PemCertificates found;
  int blocks = 0;
  // Block by block, so that one that is broken hides no other.
  for (std::size_t at = pem.find(begin); at != std::string_view::npos;) {
    const std::size_t next = pem.find(begin, at + begin.size());
    const std::string_view block = pem.substr(at, next == std::string_view::npos ? next : next - at);
    at = next;
    if (++blocks > max_blocks || block.find(end) == std::string_view::npos) {
      ++found.unreadable;
      continue;
    }
    const MemoryBio memory(BIO_new_mem_buf(block.data(), static_cast<int>(block.size())));
    const CertificateHandle certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    auto parts = certificate ? take_apart(certificate.get()) : std::nullopt;
    if (!parts) {
      ++found.unreadable;
      continue;
    }
    auto& known = found.certificates;
    if (std::find(known.begin(), known.end(), *parts) == known.end()) known.push_back(std::move(*parts));
  }
  if (blocks == 0 && !pem.empty()) ++found.unreadable;
  ERR_clear_error();
  return found;
}

}  // namespace mesh::istio
