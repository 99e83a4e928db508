#include "providers/simulator/apiserver/request/write_options.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr std::size_t manager_limit = 128;

const char* options_kind(WriteKind kind) {
  if (kind == WriteKind::create) return "CreateOptions";
  return kind == WriteKind::update ? "UpdateOptions" : "PatchOptions";
}

bool is_printable(char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; }

void check_manager(const std::string& manager, WriteKind kind, std::vector<Cause>& causes) {
  const std::string field = "fieldManager";
  if (kind == WriteKind::apply && manager.empty()) {
    causes.push_back({"FieldValueRequired", "Required value: is required for apply patch", field});
  }
  if (manager.size() > manager_limit) {
    causes.push_back({"FieldValueTooLong", "Too long: may not be more than 128 bytes", field});
  }
  if (!std::ranges::all_of(manager, is_printable)) {
    causes.push_back(
        {"FieldValueInvalid", fmt::format("Invalid value: {}: invalid character", json(manager).dump()), field});
  }
}

void check_validation(const std::string& text, std::vector<Cause>& causes) {
  if (text.empty() || text == "Ignore" || text == "Strict" || text == "Warn") return;
  causes.push_back({"FieldValueNotSupported",
                    fmt::format("Unsupported value: {}: supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"",
                                json(text).dump()),
                    "fieldValidation"});
}

}  // namespace

std::optional<Cause> dry_run_problem(const json& values) {
  if (std::ranges::all_of(values, [](const json& value) { return value == "All"; })) return std::nullopt;
  return Cause{"FieldValueNotSupported", fmt::format("Unsupported value: {}: supported values: \"All\"", values.dump()),
               "dryRun"};
}

ApiResult<WriteOptions> write_options(const Exchange& exchange, WriteKind kind) {
  std::vector<Cause> causes;
  json dry_run = json::array();
  const auto [from, to] = exchange.request.query.equal_range("dryRun");
  for (auto at = from; at != to; ++at) dry_run.push_back(at->second);
  const std::string validation = exchange.parameter("fieldValidation");
  WriteOptions options;
  if (kind == WriteKind::patch && exchange.request.query.contains("force")) {
    causes.push_back({"FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force"});
  }
  options.manager = exchange.parameter("fieldManager");
  check_manager(options.manager, kind, causes);
  if (auto problem = dry_run_problem(dry_run)) causes.push_back(std::move(*problem));
  check_validation(validation, causes);
  if (!causes.empty()) return tl::unexpected(invalid("meta.k8s.io", options_kind(kind), "", causes));
  options.dry_run = !dry_run.empty();
  if (options.manager.empty()) options.manager = manager_of(exchange.header("user-agent"));
  options.force = exchange.flag("force");
  if (validation == "Ignore") options.validation = FieldValidation::ignore;
  if (validation == "Strict") options.validation = FieldValidation::strict;
  return options;
}

std::string manager_of(const std::string& user_agent) {
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
