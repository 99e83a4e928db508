#include "providers/simulator/server/pod_http.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "providers/simulator/apiserver/request/query_text.h"
#include "providers/simulator/server/wire.h"

namespace mesh::simulator {
namespace {

namespace http = boost::beast::http;
using RequestParser = http::request_parser<http::string_body>;

PodHttp::Heard heard(http::request<http::string_body> message) {
  PodHttp::Heard found;
  found.keep = message.keep_alive();
  found.target = std::string(message.target());
  found.request.method = std::string(message.method_string());
  found.request.path = percent_decoded(found.target.substr(0, found.target.find('?')), false);
  for (const auto& field : message) {
    add_header(found.request.headers, std::string(field.name_string()), std::string(field.value()));
  }
  found.request.body = std::move(message.body());
  return found;
}

}  // namespace

class PodHttp::Parser {
 public:
  Parser() { renew(); }
  void renew() {
    parser_.emplace();
    parser_->eager(true);
    parser_->header_limit(64U << 10U);
    parser_->body_limit(most_waiting / 2);
  }
  RequestParser& operator*() { return *parser_; }

 private:
  std::optional<RequestParser> parser_;
};

PodHttp::PodHttp() : parser_(std::make_unique<Parser>()) {}
PodHttp::~PodHttp() = default;

bool PodHttp::feed(std::string_view bytes) {
  if (bytes_.size() + bytes.size() > most_waiting) return false;
  bytes_.append(bytes);
  return true;
}

std::optional<PodHttp::Heard> PodHttp::next() {
  while (!malformed_ && !bytes_.empty()) {
    boost::system::error_code error;
    const std::size_t used = (**parser_).put(boost::asio::buffer(bytes_), error);
    bytes_.erase(0, used);
    if (error == http::error::need_more) return std::nullopt;
    malformed_ = error.failed();
    if (malformed_ || !(**parser_).is_done()) continue;
    Heard found = heard((**parser_).release());
    parser_->renew();
    return found;
  }
  return std::nullopt;
}

}  // namespace mesh::simulator
