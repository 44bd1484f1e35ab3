#include "aiex/persistence/codec/json_reader.hpp"

#include <simdjson.h>

#include <new>

namespace aiex {

namespace ondemand = simdjson::ondemand;

static_assert(sizeof(ondemand::value) <= sizeof(json_element) && alignof(ondemand::value) <= 8);
static_assert(std::is_trivially_destructible_v<ondemand::value>);

struct json_access {
  static ondemand::value& in(json_element& value) {
    return *std::launder(reinterpret_cast<ondemand::value*>(value.place_));
  }
  static json_element wrap(const ondemand::value& found) {
    json_element made;
    ::new (made.place_) ondemand::value(found);
    return made;
  }
};

namespace {

json_fault fault_of(simdjson::error_code code) {
  switch (code) {
  case simdjson::SUCCESS: return json_fault::none;
  case simdjson::INCORRECT_TYPE: return json_fault::wrong_type;
  case simdjson::NUMBER_OUT_OF_RANGE: return json_fault::out_of_range;
  default: return json_fault::malformed;
  }
}

std::string_view words_of(json_fault fault) {
  switch (fault) {
  case json_fault::repeated: return "stands twice";
  case json_fault::wrong_type: return "has another type than expected";
  case json_fault::out_of_range: return "is a number out of range";
  case json_fault::missing_field: return "lacks a field that is not optional";
  case json_fault::unknown_name: return "holds a name that this program does not know";
  default: return "is not JSON";
  }
}

/// Calls `handle` for each field; `last` names the one it ended with.
template <class Object>
json_fault each_field_of(simdjson::simdjson_result<Object> object, void* into,
  json_element::on_field handle, std::string* last) {
  Object fields;
  if (const auto code = std::move(object).get(fields); code != simdjson::SUCCESS)
    return fault_of(code);
  for (auto field : fields) {
    std::string_view name;
    ondemand::value found;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS)
      return json_fault::malformed;
    if (last != nullptr)
      last->assign(name);
    if (field.value().get(found) != simdjson::SUCCESS)
      return json_fault::malformed;
    json_element value = json_access::wrap(found);
    if (const json_fault fault = handle(into, name, value); fault != json_fault::none)
      return fault;
  }
  if (last != nullptr)
    last->clear();
  return json_fault::none;
}

} // namespace

json_fault json_element::read(bool& into) {
  return fault_of(json_access::in(*this).get_bool().get(into));
}

json_fault json_element::read(std::int64_t& into) {
  return fault_of(json_access::in(*this).get_int64().get(into));
}

json_fault json_element::read(std::uint64_t& into) {
  return fault_of(json_access::in(*this).get_uint64().get(into));
}

json_fault json_element::read(double& into) {
  return fault_of(json_access::in(*this).get_double().get(into));
}

json_fault json_element::read(std::string_view& into) {
  return fault_of(json_access::in(*this).get_string().get(into));
}

bool json_element::is_null() {
  return json_access::in(*this).is_null();
}

json_fault json_element::each_field(void* into, on_field handle) {
  return each_field_of(json_access::in(*this).get_object(), into, handle, nullptr);
}

json_fault json_element::each_item(void* into, on_item handle) {
  ondemand::array items;
  if (const auto code = json_access::in(*this).get_array().get(items); code != simdjson::SUCCESS)
    return fault_of(code);
  for (const auto item : items) {
    if (item.error() != simdjson::SUCCESS)
      return json_fault::malformed;
    json_element value = json_access::wrap(item.value_unsafe());
    if (const json_fault fault = handle(into, value); fault != json_fault::none)
      return fault;
  }
  return json_fault::none;
}

struct json_reader::parts {
  ondemand::parser parser{};
  std::string padded{};     // simdjson reads up to SIMDJSON_PADDING bytes beyond the end
  std::string last_field{}; // for messages
};

json_reader::json_reader() : parts_(std::make_unique<parts>()) {}
json_reader::~json_reader() = default;
json_reader::json_reader(json_reader&&) noexcept = default;
json_reader& json_reader::operator=(json_reader&&) noexcept = default;

result<void> json_reader::read_document(std::string_view json, void* into,
  json_element::on_field handle, std::string_view (*missing)(const void* into),
  std::string_view type) {
  if (json.size() > json_bytes_max)
    return fail(errc::data_too_large, "the JSON of a " + std::string{type} + " has " +
                                        std::to_string(json.size()) + " bytes, the limit is " +
                                        std::to_string(json_bytes_max));
  parts_->last_field.clear();
  parts_->padded.assign(json).append(simdjson::SIMDJSON_PADDING, ' ');
  const simdjson::padded_string_view view{
    parts_->padded.data(), json.size(), parts_->padded.size()};
  ondemand::document document;
  json_fault fault = fault_of(parts_->parser.iterate(view).get(document));
  if (fault == json_fault::none)
    fault = each_field_of(document.get_object(), into, handle, &parts_->last_field);
  if (fault == json_fault::none && document.current_location().error() != simdjson::OUT_OF_BOUNDS)
    fault = json_fault::malformed;
  if (fault == json_fault::none) {
    const std::string_view absent = missing(into);
    if (absent.empty())
      return {};
    return fail(errc::invalid_data,
      "field '" + std::string{absent} + "' of '" + std::string{type} + "' is missing");
  }
  const std::string what = parts_->last_field.empty()
                             ? "the data of '" + std::string{type} + "'"
                             : "field '" + parts_->last_field + "' of '" + std::string{type} + "'";
  return fail(errc::invalid_data, what + ' ' + std::string{words_of(fault)});
}

} // namespace aiex
