#include "providers/simulator/istio/install/authority.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace mesh::simulator {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* value) const {
    free(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr long ten_years = 3650L * 24 * 3600;

template <class T>
T checked(T value) {
  if (!value) throw std::runtime_error("OpenSSL makes no certificate");
  return value;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Bio bio = checked(Bio(BIO_new(BIO_s_mem())));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio = checked(Bio(BIO_new(BIO_s_mem())));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = checked(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

struct Extension {
  int kind;
  std::string value;
};
const std::vector<Extension> of_authorities = {
    {NID_basic_constraints, "critical,CA:TRUE"},
    {NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature,keyEncipherment"},
    {NID_subject_key_identifier, "hash"}};

/// `issuer` null: self-signed.
Certificate certify(EVP_PKEY* key, const std::string& organization, const char* name, X509* issuer, EVP_PKEY* signer,
                    const std::vector<Extension>& extensions) {
  Certificate certificate = checked(Certificate(X509_new()));
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), ten_years);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* bytes = reinterpret_cast<const unsigned char*>(organization.c_str());
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, bytes, -1, -1, 0);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  X509_set_pubkey(certificate.get(), key);
  for (const Extension& one : extensions) {
    extend(certificate.get(), issuer == nullptr ? certificate.get() : issuer, one.kind, one.value.c_str());
  }
  checked(X509_sign(certificate.get(), signer, EVP_sha256()));
  return certificate;
}

/// A key and a certificate of it below the root.
KeyPair issue(const SigningAuthority& root, const std::string& organization, const char* name,
              const std::vector<Extension>& extensions) {
  const Bio root_bio =
      checked(Bio(BIO_new_mem_buf(root.certificate.data(), static_cast<int>(root.certificate.size()))));
  const Certificate issuer = checked(Certificate(PEM_read_bio_X509(root_bio.get(), nullptr, nullptr, nullptr)));
  const Bio key_bio = checked(Bio(BIO_new_mem_buf(root.key.data(), static_cast<int>(root.key.size()))));
  const Key signer = checked(Key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr)));
  const Key key = checked(Key(EVP_EC_gen("P-256")));
  return {pem_of(certify(key.get(), organization, name, issuer.get(), signer.get(), extensions).get()),
          pem_of(key.get())};
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

SigningAuthority make_root(const std::string& organization) {
  const Key key = checked(Key(EVP_EC_gen("P-256")));
  const Certificate certificate = certify(key.get(), organization, "Root CA", nullptr, key.get(), of_authorities);
  const std::string pem = pem_of(certificate.get());
  return {.certificate = pem, .key = pem_of(key.get()), .chain = pem, .root = pem};
}

SigningAuthority make_intermediate(const SigningAuthority& root, const std::string& organization) {
  const KeyPair own = issue(root, organization, "Intermediate CA", of_authorities);
  return {.certificate = own.certificate, .key = own.key, .chain = own.certificate + root.root, .root = root.root};
}

KeyPair make_server_certificate(const SigningAuthority& root, const std::vector<std::string>& names) {
  return issue(root, "mesh-simulator", "kube-apiserver",
               {{NID_basic_constraints, "critical,CA:FALSE"},
                {NID_key_usage, "critical,digitalSignature"},
                {NID_ext_key_usage, "serverAuth"},
                {NID_authority_key_identifier, "keyid"},
                {NID_subject_alt_name, alternative_names(names)}});
}

}  // namespace mesh::simulator
