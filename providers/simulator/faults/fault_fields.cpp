#include "providers/simulator/faults/fault_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mesh::simulator {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool set_kind(Fault& fault, const std::string& text) {
  const auto& words = fault_words();
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) return false;
  fault.kind = static_cast<FaultKind>(found - words.begin());
  return true;
}

bool set_id(Fault& fault, const std::string& text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  if (text.empty() || text.size() > 63 || !std::all_of(text.begin(), text.end(), fits)) return false;
  fault.id = text;
  return true;
}

bool set_probability(Fault& fault, const std::string& text) {
  const auto number = number_of<double>(text);
  if (!number || !(*number >= 0) || *number > 1) return false;
  fault.probability = *number;
  return true;
}

template <auto member>
bool set_text(Fault& fault, const std::string& text) {
  fault.*member = text;
  return !text.empty();
}

template <auto member>
bool set_duration(Fault& fault, const std::string& text) {
  const auto duration = duration_of(text);
  if (duration) fault.*member = *duration;
  return duration.has_value();
}

template <auto member>
bool set_whole(Fault& fault, const std::string& text) {
  const auto number = number_of<std::uint64_t>(text);
  if (number) fault.*member = *number;
  return number.has_value();
}

template <auto member>
std::string get_text(const Fault& fault) {
  return fault.*member;
}

template <auto member>
std::string get_duration(const Fault& fault) {
  return duration_text(fault.*member);
}

}  // namespace

std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
  // More would overflow points in time, which are counted in nanoseconds.
  constexpr std::chrono::hours longest{24 * 365};
  constexpr std::array<std::pair<std::string_view, long>, 4> units = {
      {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}}};
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = number_of<long>(text.substr(0, digits));
  if (!number || digits > 9) return std::nullopt;
  for (const auto& [unit, factor] : units) {
    if (text.substr(digits) != unit) continue;
    const std::chrono::milliseconds duration(*number * factor);
    if (duration <= longest) return duration;
  }
  return std::nullopt;
}

std::string duration_text(std::chrono::milliseconds duration) {
  const auto count = duration.count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

const std::vector<FaultField>& fault_fields() {
  constexpr const char* glob = "a name or a glob: \"c2\", \"c*\"";
  constexpr const char* duration = "a duration of up to a year: \"500ms\", \"2s\", \"5m\"";
  constexpr const char* whole = "a whole number from 0";
  static const std::vector<FaultField> fields = {
      {"kind", FieldType::text, set_kind, [](const Fault& f) { return to_string(f.kind); }, "a kind of fault"},
      {"id", FieldType::text, set_id, get_text<&Fault::id>, "letters, digits, `-` and `_`"},
      {"cluster", FieldType::text, set_text<&Fault::cluster>, get_text<&Fault::cluster>, glob},
      {"verb", FieldType::text, set_text<&Fault::verb>, get_text<&Fault::verb>, "a verb of RBAC: \"list\", \"patch\""},
      {"resource", FieldType::text, set_text<&Fault::resource>, get_text<&Fault::resource>,
       "a resource in the plural: \"secrets\""},
      {"namespace", FieldType::text, set_text<&Fault::ns>, get_text<&Fault::ns>, glob},
      {"name", FieldType::text, set_text<&Fault::name>, get_text<&Fault::name>, glob},
      {"user_agent", FieldType::text, set_text<&Fault::user_agent>, get_text<&Fault::user_agent>, glob},
      {"delay", FieldType::duration, set_duration<&Fault::delay>, get_duration<&Fault::delay>, duration},
      {"probability", FieldType::number, set_probability,
       [](const Fault& f) { return fmt::format("{}", f.probability); }, "a number from 0 to 1"},
      {"skip", FieldType::whole, set_whole<&Fault::skip>, [](const Fault& f) { return fmt::format("{}", f.skip); },
       whole},
      {"count", FieldType::whole, set_whole<&Fault::count>,
       [](const Fault& f) { return f.count ? fmt::format("{}", *f.count) : std::string(); }, whole},
      {"after", FieldType::duration, set_duration<&Fault::after>, get_duration<&Fault::after>, duration},
      {"for", FieldType::duration, set_duration<&Fault::lasts>,
       [](const Fault& f) { return f.lasts ? duration_text(*f.lasts) : std::string(); }, duration},
      {"message", FieldType::text, set_text<&Fault::message>, get_text<&Fault::message>, "a text"},
  };
  return fields;
}

}  // namespace mesh::simulator
