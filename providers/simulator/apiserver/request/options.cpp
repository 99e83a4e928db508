#include "providers/simulator/apiserver/request/options.h"

#include <fmt/format.h>
#include <charconv>

namespace mesh::simulator {

using nlohmann::json;

namespace {

bool truth(const std::string& text) { return text != "false" && text != "False" && text != "FALSE" && text != "0"; }

ApiResult<std::optional<std::int64_t>> number(const Exchange& exchange, const std::string& name) {
  const std::string text = exchange.parameter(name);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return tl::unexpected(bad_request(fmt::format("strconv.ParseInt: parsing {}: invalid syntax", json(text).dump())));
  }
  return value;
}

Cause forbidden_cause(const std::string& field, const std::string& why) {
  return {"FieldValueForbidden", "Forbidden: " + why, field};
}

Cause match_not_supported(const std::string& match) {
  return {"FieldValueNotSupported",
          fmt::format("Unsupported value: \"{}\": supported values: \"Exact\", \"NotOlderThan\", \"\"", match),
          "resourceVersionMatch"};
}

std::vector<Cause> list_problems(const ReadOptions& options) {
  std::vector<Cause> causes;
  const std::string field = "resourceVersionMatch";
  if (const std::string& match = options.version_match; !match.empty()) {
    if (options.version.empty()) {
      causes.push_back(forbidden_cause(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    if (!options.continue_token.empty()) {
      causes.push_back(forbidden_cause(field, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (match != "Exact" && match != "NotOlderThan") causes.push_back(match_not_supported(match));
    if (match == "Exact" && options.version == "0") {
      causes.push_back(forbidden_cause(field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
    }
  }
  if (options.initial_events) {
    causes.push_back(forbidden_cause("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  return causes;
}

std::vector<Cause> watch_problems(const ReadOptions& options) {
  std::vector<Cause> causes;
  const std::string field = "resourceVersionMatch";
  const std::string& match = options.version_match;
  if (options.initial_events && match != "NotOlderThan") {
    causes.push_back(forbidden_cause(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  if (match.empty()) return causes;
  if (!options.initial_events) {
    causes.push_back(
        forbidden_cause(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  }
  if (match != "NotOlderThan") {
    causes.push_back({"FieldValueNotSupported",
                      fmt::format("Unsupported value: \"{}\": supported values: \"NotOlderThan\"", match), field});
  }
  if (!options.continue_token.empty()) {
    causes.push_back(forbidden_cause(field, "resourceVersionMatch is forbidden when continue is provided"));
  }
  return causes;
}

const char* options_kind(WriteKind kind) {
  switch (kind) {
    case WriteKind::create:
      return "CreateOptions";
    case WriteKind::update:
      return "UpdateOptions";
    default:
      return "PatchOptions";
  }
}

// The first character that cannot be printed; nothing when there is none.
std::optional<std::size_t> unprintable(const std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < ' ' || c == 0x7f) return i;
  }
  return std::nullopt;
}

void check_dry_run(const std::vector<std::string>& values, std::vector<Cause>& causes) {
  for (const std::string& value : values) {
    if (value == "All") continue;
    causes.push_back({"FieldValueNotSupported",
                      fmt::format("Unsupported value: {}: supported values: \"All\"", json(values).dump()), "dryRun"});
    return;
  }
}

void check_manager(const Exchange& exchange, WriteKind kind, std::vector<Cause>& causes) {
  constexpr std::size_t manager_limit = 128;
  const std::string manager = exchange.parameter("fieldManager");
  if (kind == WriteKind::apply && manager.empty()) {
    causes.push_back({"FieldValueRequired", "Required value: is required for apply patch", "fieldManager"});
  }
  if (manager.size() > manager_limit) {
    causes.push_back({"FieldValueTooLong", "Too long: may not be more than 128 bytes", "fieldManager"});
  }
  if (const auto at = unprintable(manager)) {
    causes.push_back({"FieldValueInvalid",
                      fmt::format("Invalid value: {}: invalid character U+{:04X} (at position {})",
                                  json(manager).dump(), static_cast<unsigned char>(manager[*at]), *at),
                      "fieldManager"});
  }
}

void check_validation(const std::string& text, std::vector<Cause>& causes) {
  if (text.empty() || text == "Ignore" || text == "Strict" || text == "Warn") return;
  causes.push_back({"FieldValueNotSupported",
                    fmt::format("Unsupported value: {}: supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"",
                                json(text).dump()),
                    "fieldValidation"});
}

std::vector<std::string> all_values(const Exchange& exchange, const std::string& name) {
  std::vector<std::string> values;
  const auto [from, to] = exchange.request.query.equal_range(name);
  for (auto at = from; at != to; ++at) values.push_back(at->second);
  return values;
}

}  // namespace

ApiResult<ReadOptions> read_options(const Exchange& exchange) {
  ReadOptions options;
  const auto limit = number(exchange, "limit");
  if (!limit) return tl::unexpected(limit.error());
  const auto timeout = number(exchange, "timeoutSeconds");
  if (!timeout) return tl::unexpected(timeout.error());
  options.limit = std::max<std::int64_t>(limit->value_or(0), 0);
  options.timeout_seconds = *timeout;
  options.continue_token = exchange.parameter("continue");
  options.version = exchange.parameter("resourceVersion");
  options.version_match = exchange.parameter("resourceVersionMatch");
  const auto flag = [&](const char* name) {
    return exchange.request.query.contains(name) && truth(exchange.parameter(name));
  };
  options.watch = flag("watch") || exchange.info.verb == "watch";
  options.bookmarks = flag("allowWatchBookmarks");
  if (exchange.request.query.contains("sendInitialEvents")) options.initial_events = flag("sendInitialEvents");
  auto labels = LabelSelector::parse(exchange.parameter("labelSelector"));
  if (!labels) return tl::unexpected(labels.error());
  const auto causes = options.watch ? watch_problems(options) : list_problems(options);
  if (!causes.empty()) return tl::unexpected(invalid("meta.k8s.io", "ListOptions", "", causes));
  auto fields =
      FieldSelector::parse(exchange.parameter("fieldSelector"), exchange.stored_as(), exchange.resource->custom);
  if (!fields) return tl::unexpected(fields.error());
  options.selection = {.labels = std::move(*labels), .fields = std::move(*fields)};
  return options;
}

ApiResult<WriteOptions> write_options(const Exchange& exchange, WriteKind kind) {
  std::vector<Cause> causes;
  const std::vector<std::string> dry_run = all_values(exchange, "dryRun");
  const std::string validation = exchange.parameter("fieldValidation");
  WriteOptions options;
  if (kind == WriteKind::patch && exchange.request.query.contains("force")) {
    causes.push_back(forbidden_cause("force", "may not be specified for non-apply patch"));
  }
  check_manager(exchange, kind, causes);
  check_dry_run(dry_run, causes);
  check_validation(validation, causes);
  if (!causes.empty()) return tl::unexpected(invalid("meta.k8s.io", options_kind(kind), "", causes));
  options.dry_run = !dry_run.empty();
  options.manager = exchange.parameter("fieldManager");
  if (options.manager.empty()) options.manager = manager_of(exchange.header("user-agent"));
  options.force = exchange.request.query.contains("force") && truth(exchange.parameter("force"));
  if (validation == "Ignore") options.validation = FieldValidation::ignore;
  if (validation == "Strict") options.validation = FieldValidation::strict;
  return options;
}

std::string manager_of(const std::string& user_agent) {
  constexpr std::size_t manager_limit = 128;
  std::string manager = user_agent.substr(0, std::min(user_agent.find('/'), manager_limit));
  std::erase_if(manager, [](char c) { return c < ' ' || c > '~'; });
  return manager.empty() ? "unknown" : manager;
}

Write write_of(const Exchange& exchange, const WriteOptions& options, const std::string& time) {
  return {.group = exchange.resource->group,
          .version = exchange.info.version,
          .kind = exchange.resource->kind,
          .resource = exchange.resource->plural,
          .subresource = exchange.info.subresource,
          .manager = options.manager,
          .time = time,
          .force = options.force};
}

}  // namespace mesh::simulator
