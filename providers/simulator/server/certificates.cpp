#include "providers/simulator/server/certificates.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

namespace mesh::simulator {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    free(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;

template <class T>
T need(T made) {
  if (!made) throw std::runtime_error("OpenSSL could not make a certificate");
  return made;
}

std::string text_of(const Memory& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Memory memory(need(BIO_new(BIO_s_mem())));
  need(PEM_write_bio_X509(memory.get(), certificate));
  return text_of(memory);
}

std::string pem_of(EVP_PKEY* key) {
  const Memory memory(need(BIO_new(BIO_s_mem())));
  need(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr));
  return text_of(memory);
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      need(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())));
  need(X509_add_ext(certificate, extension.get(), -1));
}

/// Valid from an hour ago, against clocks that differ, for a year.
Certificate unsigned_certificate(const std::string& subject, EVP_PKEY* key) {
  Certificate certificate(need(X509_new()));
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint32_t serial = 0;
  need(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600L);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 365L * 24 * 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(subject.c_str()), -1, -1, 0);
  return certificate;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    std::array<unsigned char, 16> address{};
    const bool ip =
        inet_pton(AF_INET, name.c_str(), address.data()) == 1 || inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", ip ? "IP" : "DNS", name);
  }
  return text;
}

}  // namespace

struct Authority::Parts {
  Key key;
  Certificate certificate;
};

Authority::Authority(const std::string& name) : parts_(std::make_unique<Parts>()) {
  parts_->key.reset(need(EVP_EC_gen("P-256")));
  parts_->certificate = unsigned_certificate(name, parts_->key.get());
  X509* own = parts_->certificate.get();
  X509_set_issuer_name(own, X509_get_subject_name(own));
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  extend(own, own, NID_key_usage, "critical,digitalSignature,keyEncipherment,keyCertSign");
  extend(own, own, NID_subject_key_identifier, "hash");
  need(X509_sign(own, parts_->key.get(), EVP_sha256()));
  pem_ = pem_of(own);
}

Authority::~Authority() = default;

KeyPair Authority::server(const std::vector<std::string>& names) const {
  const Key key(need(EVP_EC_gen("P-256")));
  const Certificate certificate = unsigned_certificate("kube-apiserver", key.get());
  X509* issuer = parts_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  extend(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  extend(certificate.get(), issuer, NID_key_usage, "critical,digitalSignature");
  extend(certificate.get(), issuer, NID_ext_key_usage, "serverAuth");
  extend(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
  extend(certificate.get(), issuer, NID_subject_alt_name, alternative_names(names));
  need(X509_sign(certificate.get(), parts_->key.get(), EVP_sha256()));
  return {pem_of(certificate.get()), pem_of(key.get())};
}

std::string random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  need(RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)));
  std::string text;
  for (const unsigned char byte : raw) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace mesh::simulator
