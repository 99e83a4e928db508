#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/managedfields/typed.h"
#include "providers/simulator/apimachinery/serializer/go_text.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

const char* go_type(const json& value) {
  if (value.is_string()) return "string";
  if (value.is_boolean()) return "bool";
  if (value.is_object()) return "map[string]interface {}";
  return "[]interface {}";
}

class Checker {
 public:
  std::vector<std::string> errors;

  /// False: what stands beside it is not looked at any more.
  void visit(const Schema& schema, const json& value) {
    if (value.is_null()) return;
    switch (schema.type) {
      case Schema::Type::structure:
      case Schema::Type::map:
        return value.is_object() ? visit_map(schema, value) : report("expected map, got &{" + go_text(value) + "}");
      case Schema::Type::list:
        return value.is_array() ? visit_list(schema, value) : report("expected list, got &{" + go_text(value) + "}");
      case Schema::Type::scalar:
        return visit_scalar(schema, value);
      default:
        return;
    }
  }

 private:
  void report(const std::string& why) { errors.push_back((path_.empty() ? "" : to_string(path_) + ": ") + why); }

  void visit_map(const Schema& schema, const json& value) {
    for (const auto& [name, member] : value.items()) {
      path_.push_back(Step::field(name));
      const Schema* declared = member_schema(schema, name);
      if (declared == nullptr)
        report("field not declared in schema");
      else
        visit(*declared, member);
      path_.pop_back();
      if (declared == nullptr) return;
    }
  }

  void visit_list(const Schema& schema, const json& value) {
    std::vector<Step> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      Step step{Step::Kind::index, "", i};
      if (schema.list != Schema::List::atomic) {
        auto named = item_step(schema, value[i]);
        if (!named) return report(fmt::format("element {}: {}", i, named.error()));
        step = std::move(*named);
        if (std::any_of(seen.begin(), seen.end(), [&](const Step& one) { return compare(one, step) == 0; }))
          report("duplicate entries for key " + to_string(step));
        seen.push_back(step);
      }
      path_.push_back(std::move(step));
      visit(*schema.items, value[i]);
      path_.pop_back();
    }
  }

  void visit_scalar(const Schema& schema, const json& value) {
    switch (schema.scalar) {
      case Schema::Scalar::text:
      case Schema::Scalar::bytes:
      case Schema::Scalar::time:
        if (!value.is_string()) report("expected string, got &value.valueUnstructured{Value:" + go_syntax(value) + "}");
        return;
      case Schema::Scalar::boolean:
        if (!value.is_boolean()) report("expected boolean, got &{" + go_text(value) + "}");
        return;
      case Schema::Scalar::int32:
      case Schema::Scalar::int64:
      case Schema::Scalar::number:
        if (!value.is_number()) report(std::string("expected numeric (int or float), got ") + go_type(value));
        return;
      case Schema::Scalar::quantity:
        if (value.is_structured()) report("expected any scalar, got &{" + go_text(value) + "}");
        return;
      default:
        return;
    }
  }

  Steps path_;
};

}  // namespace

std::string typing_errors(const Schema& schema, const json& value) {
  Checker checker;
  checker.visit(schema, value);
  if (checker.errors.empty()) return "";
  if (checker.errors.size() == 1) return checker.errors.front();
  std::string all = "errors:";
  for (const std::string& error : checker.errors) all += "\n  " + error;
  return all;
}

}  // namespace mesh::simulator
