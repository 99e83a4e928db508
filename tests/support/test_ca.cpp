#include "tests/support/test_ca.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace mesh::testing {
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
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Free<SSL_free>>;

template <class T>
T checked(T value) {
  if (!value) throw std::runtime_error("OpenSSL makes no certificate");
  return value;
}

Bio reader_of(const std::string& text) {
  return checked(Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))));
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Certificate certificate_of(const TestCa& ca) {
  return checked(Certificate(PEM_read_bio_X509(reader_of(ca.certificate).get(), nullptr, nullptr, nullptr)));
}

Key key_of(const TestCa& ca) {
  return checked(Key(PEM_read_bio_PrivateKey(reader_of(ca.key).get(), nullptr, nullptr, nullptr)));
}

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = checked(X509V3_EXT_conf_nid(nullptr, &context, kind, value));
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1,
                             0);
}

void use_certificate(SSL_CTX* context, const TestCa& ca) {
  const TestCa leaf = make_test_ca({.organization = "workload", .is_ca = false, .issuer = &ca});
  checked(SSL_CTX_use_certificate(context, certificate_of(leaf).get()));
  checked(SSL_CTX_use_PrivateKey(context, key_of(leaf).get()));
  // The chain up to what signs, as istiod hands it out.
  checked(SSL_CTX_add1_chain_cert(context, certificate_of(ca).get()));
}

void trust(SSL_CTX* context, const std::string& pem) {
  const Bio reader = reader_of(pem);
  while (const auto root = Certificate(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)))
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
  ERR_clear_error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

TestCa make_test_ca(const TestCaOptions& options) {
  const Key key = options.key_of == nullptr ? checked(Key(EVP_EC_gen("P-256"))) : key_of(*options.key_of);
  const Certificate certificate = checked(Certificate(X509_new()));
  X509_set_version(certificate.get(), X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.valid_until);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  add_name(subject, "O", options.organization);
  add_name(subject, "CN", options.name);
  X509_set_pubkey(certificate.get(), key.get());
  const Certificate above = options.issuer == nullptr ? nullptr : certificate_of(*options.issuer);
  X509* issuer = above ? above.get() : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  extend(certificate.get(), issuer, NID_basic_constraints, options.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(certificate.get(), issuer, NID_subject_key_identifier, "hash");
  if (above) extend(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
  const Key signer = options.issuer == nullptr ? nullptr : key_of(*options.issuer);
  checked(X509_sign(certificate.get(), signer ? signer.get() : key.get(), EVP_sha256()));
  const Bio pem = checked(Bio(BIO_new(BIO_s_mem())));
  PEM_write_bio_X509(pem.get(), certificate.get());
  const Bio key_pem = checked(Bio(BIO_new(BIO_s_mem())));
  PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(pem.get()), text_of(key_pem.get())};
}

bool mutual_tls_succeeds(const TestCa& client, const std::string& client_trusts, const TestCa& server,
                         const std::string& server_trusts) {
  const Context client_context = checked(Context(SSL_CTX_new(TLS_client_method())));
  const Context server_context = checked(Context(SSL_CTX_new(TLS_server_method())));
  use_certificate(client_context.get(), client);
  use_certificate(server_context.get(), server);
  trust(client_context.get(), client_trusts);
  trust(server_context.get(), server_trusts);
  const Session client_side = checked(Session(SSL_new(client_context.get())));
  const Session server_side = checked(Session(SSL_new(server_context.get())));
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  checked(BIO_new_bio_pair(&client_end, 0, &server_end, 0));
  SSL_set_bio(client_side.get(), client_end, client_end);
  SSL_set_bio(server_side.get(), server_end, server_end);
  SSL_set_connect_state(client_side.get());
  SSL_set_accept_state(server_side.get());
  for (int round = 0; round < 20; ++round) {
    SSL_do_handshake(client_side.get());
    SSL_do_handshake(server_side.get());
  }
  const bool done = SSL_is_init_finished(client_side.get()) == 1 && SSL_is_init_finished(server_side.get()) == 1;
  // In TLS 1.3 a client is done before the server refuses it: only what is read tells.
  char byte = 0;
  const bool crosses = done && SSL_write(server_side.get(), "x", 1) == 1 && SSL_read(client_side.get(), &byte, 1) == 1;
  ERR_clear_error();
  return crosses;
}

}  // namespace mesh::testing
