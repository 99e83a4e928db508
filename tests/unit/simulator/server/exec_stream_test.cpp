#include "providers/simulator/server/exec_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "providers/simulator/server/listener.h"
#include "tests/unit/simulator/server/stub_handler.h"

namespace mesh::simulator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using testing::RealClock;
using testing::StubHandler;

/// Runs one command.
class StubPod final : public PodBackend {
 public:
  ApiResponse log(const std::string&, const std::string&, const std::multimap<std::string, std::string>&) override {
    return {};
  }
  ApiResponse proxy(const std::string&, const std::string&, const std::string&, const std::string&) override {
    return {};
  }
  ExecResult exec(const std::string&, const std::string&, const std::string& container,
                  const std::vector<std::string>& command) override {
    if (command.front() != "hello") return {.exit_code = 0, .out = {}, .err = {}, .failure = "no such program"};
    return {.exit_code = 3, .out = "out of " + container, .err = "err", .failure = {}};
  }
};

/// The other end of pods/exec, as kubectl is it: one connection, no threads. Waits 20 seconds at most.
class ExecClient {
 public:
  explicit ExecClient(std::uint16_t port) : stream_(io_, context_), socket_(stream_) {
    asio::ip::tcp::socket& tcp = stream_.next_layer();
    tcp.connect({asio::ip::make_address("127.0.0.1"), port});
    constexpr timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(tcp.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    stream_.handshake(asio::ssl::stream_base::client);
  }

  /// The answer to the offer of a protocol.
  websocket::response_type offer(const std::string& protocol) {
    socket_.set_option(websocket::stream_base::decorator(
        [&](websocket::request_type& request) { request.set(http::field::sec_websocket_protocol, protocol); }));
    websocket::response_type answer;
    error_code error;
    socket_.handshake(answer, "127.0.0.1", "/clusters/c1/api/v1/namespaces/sp/pods/p/exec", error);
    EXPECT_EQ(error.failed(), answer.result_int() != 101);
    socket_.binary(true);
    return answer;
  }
  void send(const std::string& bytes) { socket_.write(asio::buffer(bytes)); }
  /// All messages, one after the other, until the server closes.
  std::string messages() {
    boost::beast::flat_buffer got;
    error_code error;
    while (!error) socket_.read(got, error);
    EXPECT_EQ(error, websocket::error::closed);
    return boost::beast::buffers_to_string(got.data());
  }

 private:
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  websocket::stream<asio::ssl::stream<asio::ip::tcp::socket>&> socket_;
};

class ExecStream : public ::testing::Test {
 protected:
  ExecStream() {
    handler_.backend = std::make_shared<StubPod>();
    listener_ = std::move(*Listener::start({}, make_server_certificate(authority_, {"127.0.0.1"}), handler_, clock_));
  }
  void serve(const std::string& command, Upgrade::Kind kind = Upgrade::Kind::exec) {
    handler_.upgrade = Upgrade{.kind = kind,
                               .ns = "sp",
                               .pod = "p",
                               .container = "c",
                               .command = {command},
                               .ports = {},
                               .in = true,
                               .out = true,
                               .error = true};
  }
  ExecClient connect() { return ExecClient(listener_->port()); }

  RealClock clock_;
  SigningAuthority authority_ = make_root("simulator");
  StubHandler handler_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(ExecStream, runs_a_command_whatever_it_is_given_to_read) {
  serve("hello");
  ExecClient client = connect();
  EXPECT_EQ(client.offer("v5.channel.k8s.io")[http::field::sec_websocket_protocol], "v5.channel.k8s.io");
  for (int i = 0; i < 40; ++i) client.send(std::string(1, '\0') + std::string(100'000, 'i'));
  const std::string got = client.messages();
  EXPECT_TRUE(
      got.starts_with("\x01out of c\x02"
                      "err\x03{"))
      << got;
  EXPECT_NE(got.find("NonZeroExitCode"), std::string::npos) << got;
}

TEST_F(ExecStream, reports_what_cannot_be_run) {
  serve("none");
  ExecClient client = connect();
  client.offer("v4.channel.k8s.io, v5.channel.k8s.io");
  EXPECT_NE(client.messages().find("no such program"), std::string::npos);
}

TEST_F(ExecStream, refuses_what_it_does_not_speak) {
  serve("hello");
  EXPECT_EQ(connect().offer("v4.channel.k8s.io").result_int(), 400);
  serve("hello", Upgrade::Kind::port_forward);
  EXPECT_EQ(connect().offer("v5.channel.k8s.io").result_int(), 400);
  serve("hello", Upgrade::Kind::attach);
  EXPECT_EQ(connect().offer("v5.channel.k8s.io").result_int(), 400);
  HttpRequest spdy(http::verb::post, "/", 11);
  spdy.set(http::field::connection, "Upgrade");
  spdy.set(http::field::upgrade, "SPDY/3.1");
  EXPECT_EQ(exec_refusal(spdy, {}), "unable to upgrade: only WebSockets are simulated");
}

TEST(ExecStreamStatus, of_each_end) {
  EXPECT_EQ(exec_status({}), R"({"metadata":{},"status":"Success"})");
  ExecResult result;
  result.exit_code = 3;
  EXPECT_EQ(
      exec_status(result),
      R"({"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 3",)"
      R"("reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}})");
  result.failure = "no such container";
  EXPECT_EQ(nlohmann::json::parse(exec_status(result)).at("reason"), "InternalError");
}

}  // namespace
}  // namespace mesh::simulator
