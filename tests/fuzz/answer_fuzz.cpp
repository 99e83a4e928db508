#include "providers/kubernetes/metadata_page.h"
#include "providers/kubernetes/status.h"
#include "tests/fuzz/fuzz.h"

/// All that an API server may answer: an object, a page of a list, one of metadata, an event of a watch, a Status.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mesh;
  std::string body(fuzz::text_of(data, size));
  const ObjectId id{"v1", "Secret", "ns", ""};
  if (const auto object = kubernetes::parse_object(body, id); !object) fuzz::require_printable(object.error());
  const auto page = kubernetes::parse_page(body, id);
  if (!page) fuzz::require_printable(page.error());
  if (const auto event = kubernetes::parse_watch_event(body, id); !event) fuzz::require_printable(event.error());
  const kubernetes::HttpResponse answer{.status = 409, .body = body};
  static_cast<void>(kubernetes::field_conflicts(kubernetes::parse_status(answer)));
  static_cast<void>(kubernetes::retry_of(answer, std::chrono::system_clock::time_point{}));
  kubernetes::JsonPool pool;
  static_cast<void>(kubernetes::parse_metadata_page(body, id, pool));
  return 0;
}
