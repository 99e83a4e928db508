#include "providers/kubernetes/transport/transport.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using namespace mesh::testing;

const Authority& authority() {
  static const Authority one("test authority");
  return one;
}
const Pair& server_pair() {
  static const Pair pair = authority().sign("server", "IP:127.0.0.1,DNS:localhost");
  return pair;
}
Answer hello(const SeenRequest&) { return {.body = "hello"}; }

Call call_to(Endpoint endpoint, const std::string& target = "/x") {
  return {std::make_shared<const Endpoint>(std::move(endpoint)), {.target = target, .largest_answer = 100000}};
}

class TransportConnection : public ::testing::Test {
 protected:
  /// A server that ends after the transport: one that goes first waits for idle connections to time out.
  template <class... Parameters>
  TestServer& serve(Parameters&&... parameters) {
    servers_.push_back(std::make_unique<TestServer>(std::forward<Parameters>(parameters)...));
    return *servers_.back();
  }
  HttpResult get(const Endpoint& endpoint, const std::string& target = "/x") {
    return transport_.send(call_to(endpoint, target), 10s, {});
  }
  std::vector<std::unique_ptr<TestServer>> servers_;
  Transport transport_{{.user_agent = "mesh/test", .connect_timeout = 5s}};
};

std::string words(const HttpResult& result) { return result ? std::to_string(result->status) : result.error().detail; }

TEST_F(TransportConnection, reuses_one_connection_and_says_who_it_is) {
  TestServer& server = serve(server_pair(), hello);
  const Endpoint endpoint{.server = server.url() + "/base", .ca_pem = authority().pem()};
  for (int i = 0; i < 5; ++i) {
    const HttpResult answer = get(endpoint, "/a?b=c");
    ASSERT_TRUE(answer.has_value()) << words(answer);
    EXPECT_EQ(answer->body, "hello");
  }
  EXPECT_EQ(server.connections().size(), 1U);
  EXPECT_EQ(server.seen()[0].target, "/base/a?b=c");
  EXPECT_EQ(server.seen()[0].user_agent, "mesh/test");
}

TEST_F(TransportConnection, sends_no_path_that_a_name_has_changed) {
  TestServer& server = serve(server_pair(), hello);
  const Endpoint endpoint{.server = server.url(), .ca_pem = authority().pem()};
  for (const char* path : {"/api/v1/secrets/..", "/api/v1/secrets/.", "/api//secrets", "/api/v1/pods/a%2Fexec",
                           "/a%2fb?c", "/a%25", "/a%00", "/a%5Cb", "/a b", "/a#b", "no/slash", "/a\r\nX: y"}) {
    const HttpResult answer = get(endpoint, path);
    ASSERT_FALSE(answer.has_value()) << path;
    EXPECT_EQ(answer.error().detail, "the address cannot be used, or a name in the path is not one of Kubernetes");
  }
  Call all = call_to(endpoint, "/api/v1/secrets/");
  EXPECT_TRUE(transport_.send(all, 10s, {}).has_value());
  all.request.method = "DELETE";
  EXPECT_FALSE(transport_.send(all, 10s, {}).has_value());
  EXPECT_TRUE(get(endpoint, "/api/v1/pods/a:80/proxy/x?continue=a%2F..%25").has_value());
  EXPECT_EQ(server.seen().size(), 2U);
}

TEST_F(TransportConnection, opens_a_new_one_when_told_to) {
  TestServer& server = serve(server_pair(), hello);
  Call call = call_to({.server = server.url(), .ca_pem = authority().pem()});
  EXPECT_TRUE(transport_.send(call, 10s, {}).has_value());
  call.request.fresh_connection = true;
  EXPECT_TRUE(transport_.send(call, 10s, {}).has_value());
  EXPECT_EQ(server.connections().size(), 2U);
}

TEST_F(TransportConnection, sends_method_body_and_headers) {
  TestServer& server = serve(server_pair(), hello);
  Call call = call_to({.server = server.url(), .ca_pem = authority().pem()});
  call.request.method = "PATCH";
  call.request.body = std::string(70000, 'b');
  call.request.headers = {"Authorization: Bearer t", "Content-Type: application/apply-patch+yaml"};
  EXPECT_TRUE(transport_.send(call, 10s, {}).has_value());
  const SeenRequest seen = server.seen().at(0);
  EXPECT_EQ(seen.method, "PATCH");
  EXPECT_EQ(seen.body.size(), 70000U);
  EXPECT_EQ(seen.authorization, "Bearer t");
}

TEST_F(TransportConnection, takes_gzip_unless_told_not_to) {
  TestServer& server =
      serve(server_pair(), [](const SeenRequest&) { return Answer{.body = std::string(50000, 'x'), .gzip = true}; });
  Endpoint endpoint{.server = server.url(), .ca_pem = authority().pem()};
  const HttpResult packed = get(endpoint);
  ASSERT_TRUE(packed.has_value()) << words(packed);
  EXPECT_EQ(packed->body, std::string(50000, 'x'));
  EXPECT_EQ(packed->headers.at("content-encoding"), "gzip");
  endpoint.compression = false;
  EXPECT_EQ(get(endpoint)->headers.count("content-encoding"), 0U);
}

TEST_F(TransportConnection, sends_many_at_once_in_order) {
  TestServer& server = serve(server_pair(), [](const SeenRequest& request) { return Answer{.body = request.target}; });
  std::vector<Call> calls;
  for (int i = 0; i < 12; ++i) {
    calls.push_back(call_to({.server = server.url(), .ca_pem = authority().pem()}, "/" + std::to_string(i)));
  }
  const auto answers = transport_.send_all(calls, 10s, {});
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i].has_value()) << words(answers[i]);
    EXPECT_EQ(answers[i]->body, "/" + std::to_string(i));
  }
}

TEST_F(TransportConnection, serves_many_threads) {
  TestServer& server = serve(server_pair(), [](const SeenRequest& request) { return Answer{.body = request.target}; });
  std::atomic<int> good = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto answer = get({.server = server.url(), .ca_pem = authority().pem()}, target);
        if (answer && answer->body == target) ++good;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, 80);
}

TEST_F(TransportConnection, dials_the_host_and_verifies_the_tls_server_name) {
  TestServer& server = serve(authority().sign("server", "DNS:api.internal"), hello);
  Endpoint endpoint{.server = server.url(), .ca_pem = authority().pem()};
  EXPECT_EQ(get(endpoint).error().fault, Fault::tls_verify);
  endpoint.tls_server_name = "api.internal";
  const HttpResult answer = get(endpoint);
  ASSERT_TRUE(answer.has_value()) << words(answer);
  EXPECT_EQ(server.seen().at(0).host, "127.0.0.1:" + std::to_string(server.port()));
  endpoint.tls_server_name = "other.internal";
  EXPECT_EQ(get(endpoint).error().fault, Fault::tls_verify);
}

TEST_F(TransportConnection, shows_a_client_certificate_and_keeps_identities_apart) {
  TestServer& server = serve(server_pair(), hello, authority().pem());
  const Pair first = authority().sign("first", "");
  const Pair second = authority().sign("second", "");
  const Authority stranger("stranger");
  const Pair foreign = stranger.sign("foreign", "");
  Endpoint endpoint{.server = server.url(),
                    .ca_pem = authority().pem(),
                    .client_certificate_pem = first.certificate,
                    .client_key_pem = first.key};
  ASSERT_TRUE(get(endpoint).has_value()) << words(get(endpoint));
  endpoint.client_certificate_pem = second.certificate;
  endpoint.client_key_pem = second.key;
  ASSERT_TRUE(get(endpoint).has_value());
  EXPECT_EQ(server.connections().size(), 2U);
  endpoint.client_certificate_pem = foreign.certificate;
  endpoint.client_key_pem = foreign.key;
  const HttpResult refused = get(endpoint);
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(refused.error().fault == Fault::tls || refused.error().fault == Fault::reset) << words(refused);
}

TEST_F(TransportConnection, refuses_certificates_that_do_not_hold) {
  const Authority stranger("stranger");
  TestServer& unknown = serve(stranger.sign("server", "IP:127.0.0.1"), hello);
  TestServer& expired = serve(authority().sign("server", "IP:127.0.0.1", -1), hello);
  TestServer& other_name = serve(authority().sign("server", "DNS:elsewhere"), hello);
  for (const TestServer* server : {&unknown, &expired, &other_name}) {
    const HttpResult answer = get({.server = server->url(), .ca_pem = authority().pem()});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().fault, Fault::tls_verify) << words(answer);
    EXPECT_TRUE(get({.server = server->url(), .insecure = true}).has_value());
  }
  const HttpResult old = get({.server = expired.url(), .ca_pem = authority().pem()});
  EXPECT_NE(words(old).find("expired"), std::string::npos) << words(old);
  // The system's authorities do not know ours.
  TestServer& good = serve(server_pair(), hello);
  EXPECT_EQ(get({.server = good.url()}).error().fault, Fault::tls_verify);
}

TEST_F(TransportConnection, goes_through_a_proxy) {
  TestServer& server = serve(authority().sign("server", "DNS:api.behind.example"), hello);
  ConnectProxy proxy(server.port());
  const HttpResult answer =
      get({.server = "https://api.behind.example:6443", .ca_pem = authority().pem(), .proxy_url = proxy.url()});
  ASSERT_TRUE(answer.has_value()) << words(answer);
  EXPECT_EQ(proxy.asked().at(0).substr(0, 35), "CONNECT api.behind.example:6443 HTT");
  Endpoint renamed{.server = "https://10.9.9.9:6443",
                   .ca_pem = authority().pem(),
                   .tls_server_name = "api.behind.example",
                   .proxy_url = proxy.url()};
  ASSERT_TRUE(get(renamed).has_value());
  EXPECT_EQ(proxy.asked().at(1).substr(0, 25), "CONNECT 10.9.9.9:6443 HTT");
}

struct RawCase {
  const char* name;
  std::string bytes;
  Fault fault;
};
void PrintTo(const RawCase& row, std::ostream* out) { *out << row.name; }
class TransportRawAnswers : public TransportConnection, public ::testing::WithParamInterface<RawCase> {};
TEST_P(TransportRawAnswers, are_no_answers) {
  RawServer server({GetParam().bytes});
  const HttpResult answer = get({.server = server.url()});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().fault, GetParam().fault) << words(answer);
}
INSTANTIATE_TEST_SUITE_P(
    Table, TransportRawAnswers,
    ::testing::Values(
        RawCase{"nothing", "", Fault::reset},
        RawCase{"truncated", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"kind\":", Fault::truncated},
        RawCase{"truncated_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{", Fault::truncated},
        RawCase{"broken_gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
                Fault::truncated},
        RawCase{"too_large", "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + std::string(200000, 'x'),
                Fault::too_large},
        RawCase{"another_protocol", "SSH-2.0-OpenSSH_9.2\r\n", Fault::other}),
    [](const auto& row) { return row.param.name; });

TEST_F(TransportConnection, tells_faults_apart) {
  RawServer plain({"not TLS at all\r\n\r\n"});
  EXPECT_EQ(get({.server = "https://127.0.0.1:" + std::to_string(plain.port())}).error().fault, Fault::tls);
  for (const bool resets : {false, true}) {
    RawServer breaks({}, resets);
    const HttpResult broken = get({.server = "https://127.0.0.1:" + std::to_string(breaks.port())});
    EXPECT_EQ(broken.error().fault, Fault::reset) << words(broken);
  }
  EXPECT_EQ(get({.server = "http://127.0.0.1:1"}).error().fault, Fault::connect);
  EXPECT_EQ(get({.server = "https://no-such-host.invalid"}).error().fault, Fault::dns);
  EXPECT_EQ(get({.server = "https://a.example", .proxy_url = "http://no-such-proxy.invalid:1"}).error().fault,
            Fault::proxy);
  EXPECT_EQ(get({.server = "nonsense"}).error().fault, Fault::other);
}

TEST_F(TransportConnection, does_not_follow_redirects) {
  TestServer& server = serve([](const SeenRequest&) {
    return Answer{.status = 302, .headers = {{"Location", "/elsewhere"}}};
  });
  EXPECT_EQ(get({.server = server.url()})->status, 302);
  EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(TransportConnection, ends_at_the_timeout_and_when_stopped) {
  std::atomic<int> asked = 0;
  TestServer& server = serve([&](const SeenRequest&) {
    ++asked;
    return Answer{.hang = true};
  });
  const auto late = transport_.send(call_to({.server = server.url()}), 100ms, {});
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().fault, Fault::timeout);
  std::stop_source stop;
  std::jthread stopper([&] {
    while (asked < 2) std::this_thread::yield();
    stop.request_stop();
  });
  const auto stopped = transport_.send(call_to({.server = server.url()}), 60s, stop.get_token());
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().fault, Fault::stopped);
  EXPECT_EQ(transport_.send(call_to({.server = server.url()}), 60s, stop.get_token()).error().fault, Fault::stopped);
}

TEST_F(TransportConnection, streams_pieces_and_the_end) {
  RawServer server({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\n3\r\ncd\n\r\n0\r\n\r\n"});
  const auto stream = transport_.open(call_to({.server = server.url()}), 10s);
  std::string all;
  for (;;) {
    const auto piece = stream->next(10s, {});
    all += piece.bytes;
    if (!piece.ended) continue;
    EXPECT_FALSE(piece.error.has_value());
    EXPECT_EQ(piece.head.status, 200);
    break;
  }
  EXPECT_EQ(all, "ab\ncd\n");
}

TEST(TransportEnd, fails_what_is_on_its_way) {
  std::atomic<int> asked = 0;
  TestServer server([&](const SeenRequest&) {
    ++asked;
    return Answer{.hang = true};
  });
  auto transport = std::make_unique<Transport>(TransportOptions{});
  auto stream = transport->open(call_to({.server = server.url()}), 60s);
  while (asked == 0) std::this_thread::yield();
  stream.reset();
  transport.reset();
}

}  // namespace
}  // namespace mesh::kubernetes
