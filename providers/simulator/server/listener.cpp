#include "providers/simulator/server/listener.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <thread>
#include <vector>

#include "providers/simulator/server/session.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// How long running answers have to be finished and read once the listener ends.
constexpr std::chrono::milliseconds farewell{1500};
/// After an error of accept(), which without descriptors comes at once, again and again.
constexpr std::chrono::milliseconds breath{50};

/// HTTP/2 where the client knows it, as the API server does.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char known[] = "\x02h2\x08http/1.1";
  unsigned char* found = nullptr;
  const int how = SSL_select_next_proto(&found, size, known, sizeof known - 1, offered, offered_size);
  *chosen = found;
  return how == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

class Listener::Impl {
 public:
  Impl(const ListenSettings& settings, const KeyPair& identity, RequestHandler& handler, Clock& clock)
      : shared_{.workers = asio::thread_pool(static_cast<std::size_t>(settings.workers)),
                .handler = handler,
                .clock = clock,
                .largest_body = settings.largest_body},
        acceptor_(io_),
        breath_(io_) {
    shared_.tls.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    shared_.tls.use_certificate_chain(asio::buffer(identity.certificate));
    shared_.tls.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    if (settings.http2) SSL_CTX_set_alpn_select_cb(shared_.tls.native_handle(), choose_protocol, nullptr);
    // One ticket is enough for a client that comes back.
    SSL_CTX_set_num_tickets(shared_.tls.native_handle(), 1);
    const tcp::endpoint endpoint(asio::ip::make_address(settings.address), settings.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen(4096);
    accept();
    for (int i = 0; i < settings.io_threads; ++i) threads_.emplace_back([this] { io_.run(); });
  }

  ~Impl() {
    shared_.stopping = true;
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      breath_.cancel();
    });
    for_each_session(&Session::stop);
    const TimePoint deadline = shared_.clock.now() + farewell;
    while (shared_.sessions > 0 && shared_.clock.now() < deadline) wait_a_moment();
    // Nothing that waits is thrown away: a coroutine hops between threads, and the half of it that is destroyed with
    // one pool would reach into the other. All are hurried to their end instead.
    shared_.abandoned = true;
    while (shared_.sessions > 0) {
      for_each_session(&Session::abandon);
      wait_a_moment();
    }
    shared_.workers.join();
    io_.stop();
    threads_.clear();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || shared_.stopping) return;
      if (error) {
        breath_.expires_after(breath);
        breath_.async_wait([this](error_code) {
          if (!shared_.stopping) accept();
        });
        return;
      }
      const auto session = std::make_shared<Session>(std::move(socket), shared_);
      remember(session);
      session->start();
      accept();
    });
  }

  void for_each_session(void (Session::*act)()) {
    const std::lock_guard lock(mutex_);
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock()) (session.get()->*act)();
    }
  }

  void wait_a_moment() { shared_.clock.sleep_until(shared_.clock.now() + std::chrono::milliseconds(5), {}); }

  void remember(const std::shared_ptr<Session>& session) {
    const std::lock_guard lock(mutex_);
    if (sessions_.size() > 2 * static_cast<std::size_t>(shared_.sessions.load()) + 16) {
      std::erase_if(sessions_, [](const std::weak_ptr<Session>& one) { return one.expired(); });
    }
    sessions_.push_back(session);
  }

  // Before the pool of workers, so that it goes after it.
  asio::io_context io_;
  Shared shared_;
  tcp::acceptor acceptor_;
  asio::steady_timer breath_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Session>> sessions_;
  std::vector<std::jthread> threads_;
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;
std::uint16_t Listener::port() const { return impl_->port(); }

Result<std::unique_ptr<Listener>> Listener::start(const ListenSettings& settings, const KeyPair& identity,
                                                  RequestHandler& handler, Clock& clock) {
  try {
    return std::unique_ptr<Listener>(new Listener(std::make_unique<Impl>(settings, identity, handler, clock)));
  } catch (const boost::system::system_error& error) {
    return failure({.code = Code::usage,
                    .summary = "address cannot be listened on",
                    .cause = fmt::format("{}:{}: {}", settings.address, settings.port, error.code().message()),
                    .hint = "choose another with --listen ADDR:PORT; port 0 takes one that is free"});
  }
}

}  // namespace mesh::simulator
