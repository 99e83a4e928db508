#include "providers/simulator/apimachinery/managedfields/merge_values.h"

#include <algorithm>
#include <optional>

#include "providers/simulator/apimachinery/managedfields/typed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::optional<json> merge(const Schema& schema, const json* base, const json* more);

std::optional<json> merge_map(const Schema& schema, const json* base, const json* more) {
  json out = json::object();
  const auto one = [&](const std::string& name) {
    if (auto merged = merge(schema.member(name), member_of(base, name), member_of(more, name)))
      out[name] = std::move(*merged);
  };
  if (base != nullptr && base->is_object())
    for (const auto& [name, value] : base->items()) one(name);
  if (more != nullptr && more->is_object())
    for (const auto& [name, value] : more->items())
      if (member_of(base, name) == nullptr) one(name);
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

/// Named items in their order. An item that a list has more than once is not merged with the other side.
struct Side {
  std::vector<Step> steps;
  const json* list = nullptr;

  Side(const Schema& schema, const json* from) {
    if (from == nullptr || !from->is_array()) return;
    list = from;
    for (const json& item : *from) steps.push_back(item_step(schema, item).value_or(Step{}));
  }
  std::size_t count(const Step& step) const {
    return static_cast<std::size_t>(
        std::count_if(steps.begin(), steps.end(), [&](const Step& one) { return compare(one, step) == 0; }));
  }
  const json* only(const Step& step) const {
    static const json nothing;
    const auto at = std::find_if(steps.begin(), steps.end(), [&](const Step& one) { return compare(one, step) == 0; });
    if (at == steps.end()) return nullptr;
    return count(step) > 1 ? &nothing : &(*list)[static_cast<std::size_t>(at - steps.begin())];
  }
};

/// Interleaves two orders: items of both follow `more`, those of `base` alone stay behind what they stood behind.
class ListMerge {
 public:
  ListMerge(const Schema& schema, const json* base, const json* more)
      : schema_(schema), base_(schema, base), more_(schema, more) {
    for (const Step& step : more_.steps)
      if (base_.count(step) > 0) shared_.push_back(&step);
  }

  std::optional<json> run() {
    while (b_ < base_.steps.size() || m_ < more_.steps.size())
      if (!step_both() && !step_base()) step_more();
    return out_.empty() ? std::nullopt : std::optional(std::move(out_));
  }

 private:
  bool both_left() const { return b_ < base_.steps.size() && m_ < more_.steps.size(); }
  const Step* next_shared() const { return at_shared_ < shared_.size() ? shared_[at_shared_] : nullptr; }

  void put(const Step& step, const json* base, const json* more) {
    if (more != nullptr) merged_.push_back(&step);
    if (auto item = merge(*schema_.items, base, more)) out_.push_back(std::move(*item));
  }

  bool step_both() {
    if (!both_left()) return false;
    const Step& step = base_.steps[b_];
    if (compare(step, more_.steps[m_]) == 0) {
      put(step, base_.only(step), more_.only(step));
      ++b_;
      ++m_;
      ++at_shared_;
      return true;
    }
    // Shared, but not the one whose turn it is.
    if (more_.count(step) > 0 && next_shared() != nullptr && compare(*next_shared(), step) != 0) {
      ++b_;
      return true;
    }
    return false;
  }

  bool step_base() {
    if (b_ >= base_.steps.size()) return false;
    const Step& step = base_.steps[b_];
    if (more_.count(step) == 0) {
      put(step, &(*base_.list)[b_], nullptr);
      ++b_;
      return true;
    }
    if (std::any_of(merged_.begin(), merged_.end(), [&](const Step* one) { return compare(*one, step) == 0; })) ++b_;
    return false;
  }

  void step_more() {
    if (m_ >= more_.steps.size()) return;
    const Step& step = more_.steps[m_];
    put(step, base_.only(step), more_.only(step));
    ++m_;
    if (next_shared() != nullptr && compare(*next_shared(), step) == 0) ++at_shared_;
  }

  const Schema& schema_;
  Side base_;
  Side more_;
  std::vector<const Step*> shared_;
  std::vector<const Step*> merged_;
  std::size_t at_shared_ = 0;
  std::size_t b_ = 0;
  std::size_t m_ = 0;
  json out_ = json::array();
};

std::optional<json> merge(const Schema& schema, const json* base, const json* more) {
  const json* shown = more != nullptr && !more->is_null() ? more : base != nullptr ? base : more;
  const Form form = form_of(schema, *shown);
  const bool differs = base != nullptr && more != nullptr && !base->is_null() && form_of(schema, *base) != form;
  if (form == Form::leaf || differs || (is_empty(base) && is_empty(more))) return more != nullptr ? *more : *base;
  return form == Form::map ? merge_map(schema, base, more) : ListMerge(schema, base, more).run();
}

}  // namespace

json merge_values(const Schema& schema, const json& base, const json& more) {
  return merge(schema, &base, &more).value_or(json());
}

}  // namespace mesh::simulator
