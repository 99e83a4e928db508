#include "providers/simulator/server/wire.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <cctype>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "engine/base/lower_case.h"
#include "providers/simulator/apiserver/request/query_text.h"

namespace mesh::simulator {
namespace {

std::string gzipped(std::string_view text) {
  z_stream stream{};
  // 15 + 16: the gzip format. The API server compresses with level 1.
  if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot compress");
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  // zlib's interface takes no const, but reads only.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

RequestTarget parse_target(std::string_view text) {
  RequestTarget target;
  constexpr std::string_view prefix = "/clusters/";
  if (text.starts_with(prefix)) {
    text.remove_prefix(prefix.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    target.cluster = percent_decoded(text.substr(0, end), false);
    text.remove_prefix(end);
  }
  target.uri = text.starts_with('/') ? std::string(text) : "/" + std::string(text);
  const std::string_view uri = target.uri;
  const auto mark = uri.find('?');
  target.path = percent_decoded(uri.substr(0, mark), false);
  if (mark != std::string_view::npos) target.query = parse_query(target.uri.substr(mark + 1));
  return target;
}

void add_header(std::map<std::string, std::string>& headers, std::string name, const std::string& value) {
  name = lower_case(name);
  std::string& all = headers[name];
  all += (all.empty() ? "" : ", ") + value;
}

std::string http_date(std::chrono::system_clock::time_point now) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

std::string head_text(const Head& head, std::chrono::system_clock::time_point now) {
  std::string text = fmt::format(
      "HTTP/1.1 {} {}\r\n", head.status,
      std::string_view(boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(head.status))));
  const auto line = [&](std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(text), "{}: {}\r\n", name, value);
  };
  for (const auto& [name, value] : head.headers) line(name, value);
  if (!head.content_type.empty()) line("Content-Type", head.content_type);
  line("Date", http_date(now));
  if (head.length) {
    line("Content-Length", std::to_string(*head.length));
  } else {
    line("Transfer-Encoding", "chunked");
  }
  if (head.close) line("Connection", "close");
  text += "\r\n";
  return text;
}

std::string chunk_text(std::string_view text) { return fmt::format("{:x}\r\n{}\r\n", text.size(), text); }

bool wants_gzip(const ApiRequest& request, const ApiResponse& response) {
  constexpr std::size_t threshold = 128U << 10U;
  if (response.body.size() < threshold) return false;
  const auto accepted = request.headers.find("accept-encoding");
  return accepted != request.headers.end() && accepted->second.find("gzip") != std::string::npos;
}

void compress(const ApiRequest& request, ApiResponse& response) {
  if (!wants_gzip(request, response)) return;
  response.body = gzipped(response.body);
  response.headers.emplace("Content-Encoding", "gzip");
  response.headers.emplace("Vary", "Accept-Encoding");
}

ApiResponse failure_status(int code, const std::string& reason, const std::string& message) {
  const nlohmann::ordered_json status = {
      {"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", nlohmann::ordered_json::object()},
      {"status", "Failure"}, {"message", message}, {"reason", reason},
      {"code", code}};
  return {.status = code, .body = status.dump() + "\n"};
}

ApiResponse plain_text(int status, const std::string& text) {
  return {.status = status, .content_type = "text/plain; charset=utf-8", .body = text + "\n"};
}

}  // namespace mesh::simulator
