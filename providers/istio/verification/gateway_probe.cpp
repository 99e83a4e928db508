#include "providers/istio/verification/gateway_probe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "providers/istio/trust/ca_certificates.h"

namespace mesh::istio {
namespace {

using ProbeTime = std::chrono::steady_clock::time_point;

/// A socket that ends with its owner.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

/// Waits in short steps, so that a stop is heard. Empty: the socket is ready.
std::string wait_for(int fd, short events, ProbeTime until, const std::stop_token& stop) {
  constexpr std::chrono::milliseconds step(50);
  while (!stop.stop_requested()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return "no answer in time";
    pollfd one{.fd = fd, .events = events, .revents = 0};
    if (poll(&one, 1, static_cast<int>(std::min(left, step).count())) > 0) return {};
  }
  return "stopped";
}

std::string connect_to(const addrinfo& address, int fd, ProbeTime until, const std::stop_token& stop) {
  if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) return std::strerror(errno);
  if (connect(fd, address.ai_addr, address.ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return std::strerror(errno);
  if (std::string why = wait_for(fd, POLLOUT, until, stop); !why.empty()) return why;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? std::string() : std::strerror(error);
}

/// The URI of a workload's certificate, else its first DNS name.
std::string identity_of(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string dns;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI && name->type != GEN_DNS) continue;
    const ASN1_IA5STRING* text = name->d.ia5;
    std::string found(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                      static_cast<std::size_t>(ASN1_STRING_length(text)));
    if (name->type == GEN_URI) return found;
    if (dns.empty()) dns = found;
  }
  return dns;
}

void read_chain(const SSL* ssl, ProbeAnswer& answer) {
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  std::string pem;
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    const X509* certificate = sk_X509_value(chain, i);
    if (i == 0) answer.identity = identity_of(certificate);
    const std::unique_ptr<BIO, FreeBio> text(BIO_new(BIO_s_mem()));
    char* bytes = nullptr;
    if (!text || PEM_write_bio_X509(text.get(), certificate) != 1) continue;
    const long size = BIO_get_mem_data(text.get(), &bytes);
    pem.append(bytes, static_cast<std::size_t>(size));
  }
  answer.chain = ca_certificates(pem).certificates;
}

/// Begins TLS as a sidecar does, up to the server's certificates.
void shake_hands(int fd, const std::string& sni, ProbeTime until, const std::stop_token& stop, ProbeAnswer& answer) {
  const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, FreeSsl> ssl(context ? SSL_new(context.get()) : nullptr);
  // The length of the name first, as ALPN wants it.
  constexpr std::array<unsigned char, 6> protocols = {5, 'i', 's', 't', 'i', 'o'};
  if (!ssl || SSL_set_tlsext_host_name(ssl.get(), sni.c_str()) != 1 ||
      SSL_set_alpn_protos(ssl.get(), protocols.data(), protocols.size()) != 0 || SSL_set_fd(ssl.get(), fd) != 1) {
    answer.error = "TLS cannot be started";
    return;
  }
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(ssl.get());
    read_chain(ssl.get(), answer);
    if (done == 1 || !answer.chain.empty()) return;
    const int why = SSL_get_error(ssl.get(), done);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      const unsigned long code = ERR_peek_last_error();
      const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
      answer.error = reason == nullptr ? "the connection was closed amid the handshake" : reason;
      return;
    }
    answer.error = wait_for(fd, why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until, stop);
    if (!answer.error.empty()) return;
  }
}

}  // namespace

std::string passthrough_sni(const std::string& service, const std::string& ns, int port) {
  return fmt::format("outbound_.{}_._.{}.{}.svc.cluster.local", port, service, ns);
}

ProbeAnswer probe_gateway(const ProbeTarget& target, std::chrono::milliseconds timeout, const std::stop_token& stop) {
  const ProbeTime begun = std::chrono::steady_clock::now();
  const ProbeTime until = begun + timeout;
  ProbeAnswer answer;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int unresolved = getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &list);
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(list);
  if (unresolved != 0) {
    answer.error = gai_strerror(unresolved);
    return answer;
  }
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    const Connection connection(socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
    answer.error = connect_to(*one, connection.fd(), until, stop);
    if (!answer.error.empty()) continue;
    answer.connected = true;
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    if (!target.sni.empty()) shake_hands(connection.fd(), target.sni, until, stop, answer);
    return answer;
  }
  return answer;
}

}  // namespace mesh::istio
