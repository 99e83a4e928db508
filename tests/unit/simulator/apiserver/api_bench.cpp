#include "tests/unit/simulator/apiserver/api_bench.h"

#include <sstream>

#include "providers/simulator/apiserver/request/query_text.h"

namespace mesh::testing {

using nlohmann::json;
using simulator::ApiRequest;
using simulator::ObjectEvent;

ApiBench::ApiBench()
    : api_({.name = "c1",
            .clock = &clock_,
            .ca_pem = "",
            .admin_token = admin_token,
            .event_window = 100,
            .audit = [this](const simulator::AuditEntry& entry) { audit_.push_back(entry); }}) {
  api_.subscribe([this](const ObjectEvent& event) {
    const char* type = event.type == ObjectEvent::Type::added      ? "added"
                       : event.type == ObjectEvent::Type::modified ? "modified"
                                                                   : "deleted";
    changes_.push_back(std::string(type) + " " + event.object->resource + " " + event.object->name);
  });
}

Got ApiBench::send(const std::string& method, const std::string& target, const json& body,
                   const std::string& content_type, std::map<std::string, std::string> headers) {
  ApiRequest request{.method = method, .path = target.substr(0, target.find('?'))};
  if (const auto mark = target.find('?'); mark != std::string::npos) {
    request.query = simulator::parse_query(target.substr(mark + 1));
  }
  request.headers = std::move(headers);
  request.headers.emplace("authorization", std::string("Bearer ") + admin_token);
  request.headers.emplace("accept", "application/json");
  request.headers.emplace("user-agent", "tester/1.0");
  if (!body.is_null()) {
    request.headers.emplace("content-type", content_type);
    request.body = body.is_string() ? body.get<std::string>() : body.dump();
  }
  Got got{.status = 0, .body = {}, .text = {}, .response = api_.handle(request)};
  got.status = got.response.status;
  got.text = got.response.body;
  got.body = json::parse(got.text, nullptr, false);
  return got;
}

Got ApiBench::get(const std::string& target, const std::string& accept) {
  return send("GET", target, nullptr, "", {{"accept", accept}});
}

Got ApiBench::apply(const std::string& target, const json& body) { return send("PATCH", target, body, apply_type); }

json ApiBench::must(const Got& got) {
  EXPECT_GE(got.status, 200) << got.text;
  EXPECT_LT(got.status, 300) << got.text;
  return got.body;
}

json ApiBench::make_map(const std::string& name, json metadata) {
  metadata["name"] = name;
  return must(send("POST", map_path(), {{"metadata", metadata}}));
}

std::string ApiBench::map_path(const std::string& name) {
  return "/api/v1/namespaces/default/configmaps" + (name.empty() ? "" : "/" + name);
}

std::vector<json> ApiBench::raw_events(simulator::EventStream& stream) {
  std::vector<json> found;
  std::istringstream lines(stream.take().text);
  for (std::string line; std::getline(lines, line);) found.push_back(json::parse(line));
  return found;
}

std::vector<std::string> ApiBench::events(simulator::EventStream& stream) {
  std::vector<std::string> found;
  for (const json& event : raw_events(stream)) {
    const json metadata = event["object"].value("metadata", json::object());
    found.push_back(event["type"].get<std::string>() + " " + metadata.value("name", ""));
  }
  return found;
}

std::vector<std::string> names_of(const json& list) {
  std::vector<std::string> names;
  for (const json& item : list["items"]) names.push_back(item["metadata"]["name"]);
  return names;
}

}  // namespace mesh::testing
