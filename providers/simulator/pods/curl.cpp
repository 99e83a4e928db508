#include "providers/simulator/pods/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

namespace mesh::simulator::world {
namespace {

struct CurlOptions {
  bool silent = false;
  bool show_error = false;
  bool fail = false;
  bool include = false;
  bool head = false;
  std::string out_file;
  std::string format;
  std::vector<std::string> urls;
};

/// Exit code 2: words that curl does not understand; 3: a URL that it does not.
struct CurlError {
  int exit_code = 2;
  std::string text;
};

/// `flag` or `text` is what it sets; neither: it changes nothing here.
struct CurlOption {
  char letter;
  std::string_view name;
  bool takes_value = false;
  bool CurlOptions::*flag = nullptr;
  std::string CurlOptions::*text = nullptr;
};

constexpr std::array curl_options = {
    CurlOption{'s', "silent", false, &CurlOptions::silent},
    CurlOption{'S', "show-error", false, &CurlOptions::show_error},
    CurlOption{'f', "fail", false, &CurlOptions::fail},
    CurlOption{'i', "include", false, &CurlOptions::include},
    CurlOption{'I', "head", false, &CurlOptions::head},
    CurlOption{'o', "output", true, nullptr, &CurlOptions::out_file},
    CurlOption{'w', "write-out", true, nullptr, &CurlOptions::format},
    CurlOption{'m', "max-time", true},
    CurlOption{'\0', "connect-timeout", true},
    CurlOption{'\0', "retry", true},
    CurlOption{'\0', "retry-delay", true},
    CurlOption{'H', "header", true},
    CurlOption{'A', "user-agent", true},
    CurlOption{'k', "insecure"},
    CurlOption{'L', "location"},
    CurlOption{'4', "ipv4"},
    CurlOption{'N', "no-buffer"},
};

const CurlOption* option_of(char letter) {
  const auto* found = std::find_if(curl_options.begin(), curl_options.end(),
                                   [&](const CurlOption& one) { return one.letter == letter; });
  return found == curl_options.end() ? nullptr : found;
}

const CurlOption* option_of(std::string_view name) {
  const auto* found =
      std::find_if(curl_options.begin(), curl_options.end(), [&](const CurlOption& one) { return one.name == name; });
  return found == curl_options.end() ? nullptr : found;
}

/// Reads words as curl does: letters may stand together, and the last of them may take the rest or the next word.
class CurlWords {
 public:
  explicit CurlWords(const std::vector<std::string>& command) : command_(command) {}

  tl::expected<CurlOptions, CurlError> read() {
    while (at_ < command_.size() && !error_) {
      const std::string& word = command_[at_++];
      if (word.starts_with("--")) {
        take(word, option_of(std::string_view(word).substr(2)), std::nullopt);
      } else if (word.size() > 1 && word.front() == '-') {
        take_letters(word);
      } else {
        options_.urls.push_back(word);
      }
    }
    if (!error_ && options_.urls.empty()) error_ = CurlError{.text = "curl: (2) no URL specified\n"};
    if (error_) return tl::unexpected(*error_);
    return options_;
  }

 private:
  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size() && !error_; ++i) {
      const CurlOption* option = option_of(word[i]);
      const bool rest = option != nullptr && option->takes_value && i + 1 < word.size();
      take(fmt::format("-{}", word[i]), option, rest ? std::optional(word.substr(i + 1)) : std::nullopt);
      if (rest) return;
    }
  }

  void take(const std::string& word, const CurlOption* option, std::optional<std::string> value) {
    if (option == nullptr) {
      refuse(word, "is not known to simulated pods");
    } else if (option->takes_value && !value && at_ == command_.size()) {
      refuse(word, "requires parameter");
    } else {
      if (option->takes_value && !value) value = command_[at_++];
      if (option->flag != nullptr) options_.*option->flag = true;
      if (option->text != nullptr) options_.*option->text = *value;
    }
  }

  void refuse(const std::string& word, const char* why) {
    error_ = CurlError{.text = fmt::format("curl: option {}: {}\n", word, why)};
  }

  const std::vector<std::string>& command_;
  std::size_t at_ = 1;
  CurlOptions options_;
  std::optional<CurlError> error_;
};

struct Url {
  HttpRequest request;
  bool tls = false;
};

tl::expected<Url, CurlError> parsed(std::string url) {
  Url found;
  if (const auto scheme = url.find("://"); scheme != std::string::npos) {
    const std::string name = url.substr(0, scheme);
    if (name != "http" && name != "https") {
      return tl::unexpected(CurlError{1, fmt::format("curl: (1) Protocol \"{}\" not supported\n", name)});
    }
    found.tls = name == "https";
    if (found.tls) found.request.port = 443;
    url.erase(0, scheme + 3);
  }
  const auto slash = url.find('/');
  if (slash != std::string::npos) found.request.path = url.substr(slash);
  std::string& host = found.request.host = url.substr(0, slash);
  if (const auto colon = host.rfind(':'); colon != std::string::npos) {
    std::uint16_t port = 0;
    const char* end = host.data() + host.size();
    const auto [stopped, error] = std::from_chars(host.data() + colon + 1, end, port);
    if (error != std::errc() || stopped != end) {
      constexpr const char* why = "curl: (3) URL rejected: Port number was not a decimal number between 0 and 65535\n";
      return tl::unexpected(CurlError{3, why});
    }
    found.request.port = port;
    host.resize(colon);
  }
  return found;
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

/// What curl makes of the answer.
HttpOutcome judged(HttpOutcome outcome, const CurlOptions& options, bool tls) {
  if (outcome.exit_code != 0) return outcome;
  if (tls) {
    // Programs in simulated pods speak plain HTTP.
    constexpr const char* why = "curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number";
    return {.status = 0, .exit_code = 35, .error = why};
  }
  if (options.fail && outcome.status >= 400) {
    outcome.exit_code = 22;
    outcome.error = fmt::format("curl: (22) The requested URL returned error: {}", outcome.status);
    outcome.body.clear();
  }
  return outcome;
}

}  // namespace

ExecResult run_curl(const TrafficModel& model, const Caller& caller, const std::vector<std::string>& command,
                    std::uint64_t n) {
  const auto options = CurlWords(command).read();
  if (!options) return {.exit_code = options.error().exit_code, .out = {}, .err = options.error().text, .failure = {}};
  ExecResult result;
  for (const std::string& text : options->urls) {
    const auto url = parsed(text);
    if (!url) {
      result.exit_code = url.error().exit_code;
      if (!options->silent || options->show_error) result.err += url.error().text;
      continue;
    }
    const HttpOutcome outcome = judged(answer(model, caller, url->request, n++), *options, url->tls);
    if ((options->head || options->include) && outcome.status != 0) {
      result.out += fmt::format("HTTP/1.1 {} {}\r\nserver: envoy\r\ncontent-length: {}\r\n\r\n", outcome.status,
                                reason_of(outcome.status), outcome.body.size());
    }
    if (options->out_file.empty() && !options->head) result.out += outcome.body;
    result.out += written(options->format, outcome);
    if (!outcome.error.empty() && (!options->silent || options->show_error)) result.err += outcome.error + "\n";
    result.exit_code = outcome.exit_code;
  }
  return result;
}

}  // namespace mesh::simulator::world
