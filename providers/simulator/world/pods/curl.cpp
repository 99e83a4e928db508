#include "providers/simulator/world/pods/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mesh::simulator::world {
namespace {

struct CurlOptions {
  bool silent = false;
  bool show_error = false;
  bool fail = false;
  bool head = false;
  std::string out_file;
  std::string format;
  std::vector<std::string> urls;
};

/// Options that take a value and change nothing here.
bool takes_value(const std::string& word) {
  constexpr std::array words = {"-m", "--max-time", "--connect-timeout", "-H", "--header",
                                "-X", "--request",  "--retry",           "-A", "--user-agent",
                                "-d", "--data",     "--retry-delay"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

void read_letters(CurlOptions& options, const std::string& letters) {
  for (const char letter : letters) {
    options.silent = options.silent || letter == 's';
    options.show_error = options.show_error || letter == 'S';
    options.fail = options.fail || letter == 'f';
    options.head = options.head || letter == 'i';
  }
}

CurlOptions read_options(const std::vector<std::string>& command) {
  CurlOptions options;
  for (std::size_t i = 1; i < command.size(); ++i) {
    const std::string& word = command[i];
    const bool last = i + 1 >= command.size();
    if ((word == "-o" || word == "--output") && !last) {
      options.out_file = command[++i];
    } else if ((word == "-w" || word == "--write-out") && !last) {
      options.format = command[++i];
    } else if (takes_value(word)) {
      ++i;
    } else if (word == "--silent" || word == "--show-error" || word == "--fail" || word == "--include") {
      read_letters(options, word == "--silent" ? "s" : word == "--show-error" ? "S" : word == "--fail" ? "f" : "i");
    } else if (word.starts_with("-") && !word.starts_with("--")) {
      read_letters(options, word);
    } else if (!word.starts_with("-")) {
      options.urls.push_back(word);
    }
  }
  return options;
}

HttpRequest request_of(std::string url) {
  HttpRequest request;
  if (const auto scheme = url.find("://"); scheme != std::string::npos) {
    if (url.starts_with("https")) request.port = 443;
    url.erase(0, scheme + 3);
  }
  const auto slash = url.find('/');
  if (slash != std::string::npos) request.path = url.substr(slash);
  request.host = url.substr(0, slash);
  if (const auto colon = request.host.rfind(':'); colon != std::string::npos) {
    std::from_chars(request.host.data() + colon + 1, request.host.data() + request.host.size(), request.port);
    request.host.resize(colon);
  }
  return request;
}

std::string written(std::string format, const HttpOutcome& outcome) {
  const std::pair<const char*, std::string> values[] = {{"%{http_code}", fmt::format("{:03}", outcome.status)},
                                                        {"%{response_code}", fmt::format("{:03}", outcome.status)},
                                                        {"%{exitcode}", std::to_string(outcome.exit_code)},
                                                        {"\\n", "\n"},
                                                        {"\\t", "\t"}};
  for (const auto& [mark, value] : values) {
    for (auto at = format.find(mark); at != std::string::npos; at = format.find(mark, at + value.size())) {
      format.replace(at, std::string(mark).size(), value);
    }
  }
  return format;
}

const char* reason_of(int status) { return status == 200 ? "OK" : status == 404 ? "Not Found" : "Service Unavailable"; }

}  // namespace

ExecResult run_curl(const TrafficModel& model, const Caller& caller, const std::vector<std::string>& command,
                    std::uint64_t n) {
  const CurlOptions options = read_options(command);
  ExecResult result;
  if (options.urls.empty()) {
    return {.exit_code = 2, .out = {}, .err = "curl: (2) no URL specified\n", .failure = {}};
  }
  for (const std::string& url : options.urls) {
    const HttpRequest request = request_of(url);
    HttpOutcome outcome = answer(model, caller, request, n++);
    if (outcome.exit_code == 0 && options.fail && outcome.status >= 400) {
      outcome.exit_code = 22;
      outcome.error = fmt::format("curl: (22) The requested URL returned error: {}", outcome.status);
      outcome.body.clear();
    }
    if (options.head && outcome.status != 0) {
      result.out += fmt::format("HTTP/1.1 {} {}\r\nserver: envoy\r\ncontent-length: {}\r\n\r\n", outcome.status,
                                reason_of(outcome.status), outcome.body.size());
    }
    if (options.out_file.empty()) result.out += outcome.body;
    result.out += written(options.format, outcome);
    if (!outcome.error.empty() && (!options.silent || options.show_error)) result.err += outcome.error + "\n";
    result.exit_code = outcome.exit_code;
  }
  return result;
}

}  // namespace mesh::simulator::world
