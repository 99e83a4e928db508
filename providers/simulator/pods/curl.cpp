#include "providers/simulator/pods/curl.h"

#include <fmt/format.h>

#include <charconv>
#include <tl/expected.hpp>

namespace mesh::simulator {
namespace {

struct CurlOptions {
  bool silent = false;
  bool show_error = false;
  std::string url;
};

/// Exit code 1: a protocol that it does not speak; 2: words that it does not understand; 3: a malformed URL.
struct CurlError {
  int exit_code = 2;
  std::string text;
};

/// Letters may be written together, and the last of them may take the rest or the next word.
tl::expected<CurlOptions, CurlError> read_options(const std::vector<std::string>& command) {
  CurlOptions options;
  for (std::size_t i = 1; i < command.size(); ++i) {
    const std::string& word = command[i];
    if (word.size() < 2 || word.front() != '-') {
      options.url = word;
      continue;
    }
    for (std::size_t letter = 1; letter < word.size(); ++letter) {
      const char one = word[letter];
      options.silent = options.silent || one == 's';
      options.show_error = options.show_error || one == 'S';
      if (one == 's' || one == 'S') continue;
      const bool has_rest = letter + 1 < word.size();
      if (one != 'm' || (!has_rest && i + 1 == command.size())) {
        return tl::unexpected(
            CurlError{.text = fmt::format("curl: option {}: {}\n", one == '-' ? word : fmt::format("-{}", one),
                                          one == 'm' ? "requires parameter" : "is not known to simulated pods")});
      }
      // Every answer is there at once: how long curl may wait changes nothing.
      if (!has_rest) ++i;
      break;
    }
  }
  if (options.url.empty()) return tl::unexpected(CurlError{.text = "curl: (2) no URL specified\n"});
  return options;
}

tl::expected<HttpRequest, CurlError> request_of(std::string url) {
  if (const auto scheme = url.find("://"); scheme != std::string::npos) {
    const std::string name = url.substr(0, scheme);
    // Programs in simulated pods speak plain HTTP.
    if (name != "http") {
      return tl::unexpected(CurlError{1, fmt::format("curl: (1) Protocol \"{}\" not supported\n", name)});
    }
    url.erase(0, scheme + 3);
  }
  HttpRequest request;
  const auto slash = url.find('/');
  if (slash != std::string::npos) request.path = url.substr(slash);
  request.host = url.substr(0, slash);
  const auto colon = request.host.rfind(':');
  if (colon == std::string::npos) return request;
  std::uint16_t port = 0;
  const char* end = request.host.data() + request.host.size();
  const auto [stopped, error] = std::from_chars(request.host.data() + colon + 1, end, port);
  if (error != std::errc() || stopped != end) {
    return tl::unexpected(CurlError{3, "curl: (3) URL using bad/illegal format or missing URL\n"});
  }
  request.port = port;
  request.host.resize(colon);
  return request;
}

}  // namespace

ExecResult run_curl(const TrafficModel& model, const Caller& caller, const std::vector<std::string>& command,
                    std::uint64_t n) {
  const auto options = read_options(command);
  if (!options) return {.exit_code = options.error().exit_code, .out = {}, .err = options.error().text, .failure = {}};
  const bool quiet = options->silent && !options->show_error;
  const auto request = request_of(options->url);
  if (!request) {
    const CurlError& error = request.error();
    return {.exit_code = error.exit_code, .out = {}, .err = quiet ? "" : error.text, .failure = {}};
  }
  const HttpOutcome outcome = answer(model, caller, *request, n);
  const bool says = !outcome.error.empty() && !quiet;
  return {.exit_code = outcome.exit_code, .out = outcome.body, .err = says ? outcome.error + "\n" : "", .failure = {}};
}

}  // namespace mesh::simulator
