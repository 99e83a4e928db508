#include "providers/kubernetes/paged_read.h"

#include <iterator>
#include <optional>
#include <utility>

#include "providers/kubernetes/api.h"
#include "providers/kubernetes/metadata_page.h"
#include "providers/kubernetes/status.h"

namespace mesh::kubernetes {
namespace {

/// A list that starts anew this often is changing faster than it can be read.
constexpr int most_restarts = 5;

struct Progress {
  ReadAnswer answer = {};
  std::string continue_token = {};
  int restarts = 0;
  std::optional<Result<ReadAnswer>> result = std::nullopt;
};

Diagnostics located(Diagnostics why, const Attempt& attempt) {
  for (Diagnostic& diagnostic : why) diagnostic.where = where_of(attempt);
  return why;
}

void fail(Progress& progress, Diagnostics why) { progress.result = Result<ReadAnswer>(failure(std::move(why))); }
void succeed(Progress& progress) { progress.result = Result<ReadAnswer>(std::move(progress.answer)); }

Result<Page> page_of(const Read& read, std::string& body, JsonPool& pool) {
  if (read.content == Content::metadata_only) {
    if (auto page = parse_metadata_page(body, read.id, pool)) return std::move(*page);
  }
  return parse_page(body, read.id);
}

void take(const Read& read, Progress& progress, Reply& reply, JsonPool& pool, Attempt attempt) {
  HttpResponse& answer = reply.answer;
  attempt.tries = reply.tries;
  if (answer.status == 404) {
    progress.answer.served = parse_status(answer).is_status;
    return succeed(progress);
  }
  if (answer.status == 410 && !progress.continue_token.empty() && progress.restarts < most_restarts) {
    ++progress.restarts;
    progress.continue_token.clear();
    progress.answer.objects.clear();
    return;
  }
  if (answer.status != 200) return fail(progress, {diagnose(answer, attempt)});
  if (!read.id.name.empty()) {
    auto object = parse_object(answer.body, read.id);
    if (!object) return fail(progress, located(std::move(object.error()), attempt));
    progress.answer.objects.push_back(std::move(*object));
    return succeed(progress);
  }
  auto page = page_of(read, answer.body, pool);
  if (!page) return fail(progress, located(std::move(page.error()), attempt));
  auto& objects = progress.answer.objects;
  objects.insert(objects.end(), std::make_move_iterator(page->objects.begin()),
                 std::make_move_iterator(page->objects.end()));
  progress.continue_token = std::move(page->continue_token);
  if (progress.continue_token.empty()) succeed(progress);
}

}  // namespace

std::vector<Result<ReadAnswer>> read_pages(RequestSender& request_sender, Origin& origin, const Attempt& base,
                                           std::size_t page_size, const std::vector<Read>& reads, JsonPool& pool,
                                           const CallLimits& limits, std::vector<Beside>* beside) {
  std::vector<Progress> states(reads.size());
  for (;;) {
    std::vector<Request> requests;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < reads.size(); ++i) {
      if (states[i].result) continue;
      Attempt attempt = base;
      attempt.id = reads[i].id;
      attempt.verb = reads[i].id.name.empty() ? "list" : "read";
      requests.push_back({read_request(reads[i], page_size, states[i].continue_token), std::move(attempt)});
      open.push_back(i);
    }
    for (std::size_t i = 0; beside != nullptr && i < beside->size(); ++i) requests.push_back((*beside)[i].request);
    if (requests.empty()) break;
    auto replies = request_sender.send_all(origin, requests, limits);
    for (std::size_t i = 0; beside != nullptr && i < beside->size(); ++i) {
      (*beside)[i].reply = std::move(replies[open.size() + i]);
    }
    beside = nullptr;
    for (std::size_t k = 0; k < open.size(); ++k) {
      Progress& state = states[open[k]];
      if (replies[k]) {
        take(reads[open[k]], state, *replies[k], pool, requests[k].attempt);
      } else {
        fail(state, std::move(replies[k].error()));
      }
    }
  }
  std::vector<Result<ReadAnswer>> answers;
  answers.reserve(states.size());
  for (Progress& state : states) answers.push_back(std::move(*state.result));
  return answers;
}

}  // namespace mesh::kubernetes
