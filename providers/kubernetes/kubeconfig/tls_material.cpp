#include "providers/kubernetes/kubeconfig/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace mesh::kubernetes {
namespace {

struct Free {
  void operator()(BIO* p) const { BIO_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader_of(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without a pass phrase callback OpenSSL would ask on the terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

Owned<X509> first_certificate(const std::string& pem) {
  const Owned<BIO> bio = reader_of(pem);
  Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  return certificate;
}

std::string problem_of(const Owned<X509>& certificate, const std::string& pem) {
  if (pem.find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
      pem.find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos) {
    return "it holds no PEM block `CERTIFICATE`";
  }
  return certificate ? "" : "its PEM block `CERTIFICATE` is damaged";
}

}  // namespace

std::string certificate_problem(const std::string& pem) { return problem_of(first_certificate(pem), pem); }

std::string key_pair_problem(const std::string& certificate_pem, const std::string& key_pem) {
  const Owned<X509> certificate = first_certificate(certificate_pem);
  if (std::string problem = problem_of(certificate, certificate_pem); !problem.empty()) {
    return "the client certificate cannot be used: " + problem;
  }
  const Owned<BIO> bio = reader_of(key_pem);
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  if (!key) {
    return key_pem.find("ENCRYPTED") != std::string::npos ? "the client key is encrypted with a pass phrase"
                                                          : "the client key is not a private key in PEM";
  }
  const bool match = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return match ? "" : "the client key does not belong to the client certificate";
}

}  // namespace mesh::kubernetes
