#include "aiexd/verbs/application_verb.hpp"

#include "aiex/supervision/application/application_controller.hpp"

#include "aiexd/verbs/ask.hpp"

namespace aiex {

namespace {

constexpr const char* whom = "the controller of the applications";

error as_error(const application_error& why) {
  switch (why.code) {
  case application_errc::unknown: return {errc::not_found, why.message};
  case application_errc::already_started: return {errc::already_exists, why.message};
  case application_errc::stopping: return {errc::stopped, why.message};
  case application_errc::too_many_requests: return {errc::overloaded, why.message};
  default: return {errc::refused, why.message};
  }
}

std::optional<caf::actor> controller_of(const verb_call& call) {
  return call.services().names.find("applications");
}

void refuse_without_controller(verb_call& call) {
  call.refuse({errc::not_found, "this program has no applications, or they are being started: aiex "
                                "tree shows what runs"});
}

/// What `call` names `who` becomes the answer, with the names that came back under `others`.
template <class Message>
void change(verb_call call, Message message, std::string_view done, std::string_view others) {
  const auto controller = controller_of(call);
  if (!controller)
    return refuse_without_controller(call);
  const std::string name = message.name;
  ask_to<application_answer>(std::move(call), *controller, std::move(message), whom,
    "look at `aiex application list` before you ask again",
    [name, done, others](verb_call& asked, const application_answer& answer) {
      if (!answer.outcome)
        return asked.refuse(as_error(answer.outcome.error()));
      json_value said{{"application", name}, {std::string{done}, true}};
      said[std::string{others}] = *answer.outcome;
      asked.answer(said);
    });
}

} // namespace

void run_application_list(verb_call call) {
  const auto controller = controller_of(call);
  if (!controller)
    return call.answer(lines_reply({}));
  ask<std::vector<application_info>>(std::move(call), *controller, which_applications_call{}, whom,
    [](verb_call& asked, const std::vector<application_info>& all) {
      std::string lines;
      for (const application_info& each : all)
        lines +=
          to_text({{"name", each.name}, {"status", name(each.status)}, {"type", name(each.type)},
            {"depends_on", each.dependencies}, {"actor", each.actor ? each.actor.id() : 0}}) +
          "\n";
      asked.answer(lines_reply(std::move(lines)));
    });
}

void run_application_start(verb_call call) {
  auto name = call.given.required_text("name");
  if (!name)
    return call.refuse(name.error());
  auto together = call.given.flag("together");
  if (!together)
    return call.refuse(together.error());
  change(
    std::move(call), start_application_call{std::move(*name), *together}, "running", "started");
}

void run_application_stop(verb_call call) {
  auto name = call.given.required_text("name");
  if (!name)
    return call.refuse(name.error());
  change(std::move(call), stop_application_call{std::move(*name)}, "stopped", "running_without_it");
}

} // namespace aiex
