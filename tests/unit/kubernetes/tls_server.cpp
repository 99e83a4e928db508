#define CPPHTTPLIB_OPENSSL_SUPPORT
#define CPPHTTPLIB_ZLIB_SUPPORT
#define CPPHTTPLIB_BROTLI_SUPPORT
#include "tests/unit/kubernetes/tls_server.h"

#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace mesh::testing {
namespace {

X509* certificate_of(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

bool set_up_tls(SSL_CTX& context, const Pair& pair, const std::string& client_authority) {
  X509* certificate = certificate_of(pair.certificate);
  BIO* bio = BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  const bool good = SSL_CTX_use_certificate(&context, certificate) == 1 && SSL_CTX_use_PrivateKey(&context, key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!client_authority.empty()) {
    X509* authority = certificate_of(client_authority);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), authority);
    X509_free(authority);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return good;
}

}  // namespace

struct TestServer::Parts {
  Handler handler;
  std::unique_ptr<httplib::Server> server;
  std::string scheme;
  int port = 0;
  mutable std::mutex mutex;
  std::condition_variable ended;
  bool stopping = false;
  std::vector<SeenRequest> seen;
  std::jthread thread;

  void start() {
    server->set_keep_alive_max_count(1000);
    server->set_tcp_nodelay(true);
    server->new_task_queue = [] { return new httplib::ThreadPool(16); };
    const auto take = [this](const httplib::Request& request, httplib::Response& response) {
      this->take(request, response);
    };
    server->Get(".*", take);
    server->Patch(".*", take);
    server->Post(".*", take);
    server->Delete(".*", take);
    port = server->bind_to_any_port("127.0.0.1");
    thread = std::jthread([this] { server->listen_after_bind(); });
    while (!server->is_running()) std::this_thread::yield();
  }

  void take(const httplib::Request& request, httplib::Response& response) {
    SeenRequest seen_request{.method = request.method,
                             .target = request.target,
                             .host = request.get_header_value("Host"),
                             .authorization = request.get_header_value("Authorization"),
                             .user_agent = request.get_header_value("User-Agent"),
                             .accept_encoding = request.get_header_value("Accept-Encoding"),
                             .body = request.body,
                             .connection = request.remote_port};
    {
      const std::lock_guard lock(mutex);
      seen.push_back(seen_request);
    }
    const Answer answer = handler(seen_request);
    if (answer.hang) {
      std::unique_lock lock(mutex);
      ended.wait(lock, [this] { return stopping; });
    }
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) response.set_header(name, value);
    // httplib compresses by content type, whatever it was asked to do.
    response.set_content(answer.body, answer.gzip ? "application/json" : "application/octet-stream");
  }
};

TestServer::TestServer(const Pair& pair, Handler handler, const std::string& client_authority)
    : parts_(std::make_unique<Parts>()) {
  parts_->handler = std::move(handler);
  parts_->scheme = "https";
  parts_->server = std::make_unique<httplib::SSLServer>(
      [&](SSL_CTX& context) { return set_up_tls(context, pair, client_authority); });
  parts_->start();
}

TestServer::TestServer(Handler handler) : parts_(std::make_unique<Parts>()) {
  parts_->handler = std::move(handler);
  parts_->scheme = "http";
  parts_->server = std::make_unique<httplib::Server>();
  parts_->start();
}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
  }
  parts_->ended.notify_all();
  parts_->server->stop();
  parts_->thread.join();
}

int TestServer::port() const { return parts_->port; }
std::string TestServer::url(const std::string& host) const {
  return parts_->scheme + "://" + host + ":" + std::to_string(parts_->port);
}
std::vector<SeenRequest> TestServer::seen() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->seen;
}
std::set<int> TestServer::connections() const {
  std::set<int> ports;
  for (const SeenRequest& request : seen()) ports.insert(request.connection);
  return ports;
}

}  // namespace mesh::testing
