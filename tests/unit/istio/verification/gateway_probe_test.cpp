#include "providers/istio/verification/gateway_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::istio {
namespace {

using std::chrono::seconds;

/// Listens on loopback and does with the first connection what it is told.
class OneConnection {
 public:
  using Serve = std::function<void(int fd)>;

  explicit OneConnection(Serve serve) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    listen(fd_, 1);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      const int client = accept(fd_, nullptr, nullptr);
      if (client < 0) return;
      serve(client);
      close(client);
    });
  }
  OneConnection(const OneConnection&) = delete;
  OneConnection& operator=(const OneConnection&) = delete;
  ~OneConnection() {
    shutdown(fd_, SHUT_RDWR);
    thread_.join();
    close(fd_);
  }
  ProbeTarget target(const std::string& sni) const { return {.host = "127.0.0.1", .port = port_, .sni = sni}; }

 private:
  int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
  std::jthread thread_;
};

/// Serves TLS as a sidecar does that wants the client's certificate. Notes SNI and protocol that were asked for.
void serve_tls(int fd, const mesh::testing::Pair& pair, std::string& sni) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> certificate_text(
      BIO_new_mem_buf(pair.certificate.data(), static_cast<int>(pair.certificate.size())), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> key_text(
      BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
  SSL_set_fd(ssl.get(), fd);
  SSL_accept(ssl.get());
  const char* const name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
  sni = name == nullptr ? "" : name;
}

TEST(GatewayProbe, NamesTheWayAsEnvoyDoes) {
  EXPECT_EQ(passthrough_sni("web", "shop", 8080), "outbound_.8080_._.web.shop.svc.cluster.local");
}

TEST(GatewayProbe, ShowsTheCertificateOfWhoWantsOneToo) {
  const mesh::testing::Authority authority("mesh-ca");
  const mesh::testing::Pair pair = authority.sign("w", "URI:spiffe://cluster.local/ns/n/sa/s");
  std::string sni;
  ProbeAnswer answer;
  {
    OneConnection server([&](int fd) { serve_tls(fd, pair, sni); });
    answer = probe_gateway(server.target("outbound_.1_._.a.b.svc.cluster.local"), seconds(10), {});
  }
  EXPECT_TRUE(answer.connected);
  EXPECT_EQ(answer.error, "");
  EXPECT_EQ(answer.identity, "spiffe://cluster.local/ns/n/sa/s");
  ASSERT_EQ(answer.chain.size(), 1U);
  EXPECT_NE(answer.chain[0].issuer.find("mesh-ca"), std::string::npos);
  EXPECT_EQ(sni, "outbound_.1_._.a.b.svc.cluster.local");
}

TEST(GatewayProbe, StopsAtTcpWithoutAName) {
  OneConnection server([](int) {});
  const ProbeAnswer answer = probe_gateway(server.target(""), seconds(10), {});
  EXPECT_TRUE(answer.connected);
  EXPECT_TRUE(answer.chain.empty());
}

TEST(GatewayProbe, SaysThatNoTlsIsThere) {
  OneConnection server([](int fd) { EXPECT_EQ(write(fd, "HTTP/1.1 400\r\n\r\n", 16), 16); });
  const ProbeAnswer answer = probe_gateway(server.target("x"), seconds(10), {});
  EXPECT_TRUE(answer.connected);
  EXPECT_NE(answer.error, "");
}

TEST(GatewayProbe, SaysThatNobodyListens) {
  ProbeTarget closed;
  {
    const OneConnection server([](int) {});
    closed = server.target("");
  }
  const ProbeAnswer answer = probe_gateway(closed, seconds(10), {});
  EXPECT_FALSE(answer.connected);
  EXPECT_EQ(answer.error, "Connection refused");
}

TEST(GatewayProbe, GivesUpInTimeAndWhenStopped) {
  OneConnection server([](int fd) {
    char byte = 0;
    // Until the client has gone.
    while (read(fd, &byte, 1) > 0) continue;
  });
  const ProbeAnswer late = probe_gateway(server.target("x"), std::chrono::milliseconds(100), {});
  EXPECT_TRUE(late.connected);
  EXPECT_EQ(late.error, "no answer in time");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(probe_gateway({.host = "192.0.2.1"}, seconds(10), stop.get_token()).connected, false);
}

}  // namespace
}  // namespace mesh::istio
