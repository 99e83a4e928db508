#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::testing {

/// A certificate with its key, PEM.
struct Pair {
  std::string certificate;
  std::string key;
};

/// An authority of its own that signs certificates for tests.
class Authority {
 public:
  explicit Authority(const std::string& name);
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  ~Authority();

  const std::string& pem() const { return pem_; }
  /// `names`: subject alternative names, as `DNS:x` or `IP:127.0.0.1`. `days`: until it expires; negative: it has.
  Pair sign(const std::string& subject, const std::string& names, int days = 30) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string pem_;
};

struct SeenRequest {
  std::string method;
  std::string target;
  std::string host;
  std::string authorization;
  std::string user_agent;
  std::string accept_encoding;
  std::string body;
  /// The client's port: tells connections apart.
  int connection = 0;
};

struct Answer {
  int status = 200;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool gzip = false;
  /// Never answers, until the server stops.
  bool hang = false;
};

/// An HTTPS (or, without a pair, HTTP) server on a free loopback port with HTTP/1.1, which remembers what it was asked.
class TestServer {
 public:
  using Handler = std::function<Answer(const SeenRequest&)>;

  /// `client_authority`: PEM of whom client certificates must come from; empty: none is asked for.
  TestServer(const Pair& pair, Handler handler, const std::string& client_authority = "");
  explicit TestServer(Handler handler);
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  int port() const;
  /// `https://127.0.0.1:PORT`.
  std::string url(const std::string& host = "127.0.0.1") const;
  std::vector<SeenRequest> seen() const;
  std::set<int> connections() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// In a scripted text of RawServer: replaced by the `Sec-WebSocket-Accept` of the request.
inline constexpr std::string_view websocket_accept_here = "<accept>";

/// Accepts connections and hands each of them the next of the scripted byte texts, once the request's head was read,
/// then closes. After the last one: closes at once. Counts connections. `resets`: closes by a reset, so that nothing of
/// the answer need arrive.
class RawServer {
 public:
  explicit RawServer(std::vector<std::string> answers, bool resets = false);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();
  std::string url() const;
  int port() const;
  std::size_t accepted() const;
  /// What the clients sent, one text per connection.
  std::vector<std::string> heads() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Accepts connections and never says a word, as a paused API server does.
class SilentServer {
 public:
  SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  ~SilentServer();
  /// `https://127.0.0.1:PORT`.
  std::string url() const;
  std::size_t accepted() const;
  /// Waits until that many connections came; false: they did not within ten seconds.
  bool accepted(std::size_t count) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// A CONNECT proxy on loopback that remembers whom it was asked for and dials `target_port` on loopback instead.
class ConnectProxy {
 public:
  explicit ConnectProxy(int target_port);
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;
  ~ConnectProxy();
  std::string url() const;
  std::vector<std::string> asked() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mesh::testing
