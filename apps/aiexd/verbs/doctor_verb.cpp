#include "aiexd/verbs/doctor_verb.hpp"

#include "aiexd/verbs/node_look.hpp"

namespace aiex {

void run_doctor(verb_call call) {
  look_at_node(std::move(call), [](verb_call& asked, const node_findings& found) {
    std::string lines;
    for (const check_line& each : diagnose(found))
      lines += to_text({{"check", each.check}, {"ok", each.is_ok}, {"what", each.what},
                 {"do", each.to_do}}) +
               "\n";
    asked.answer(lines_reply(std::move(lines)));
  });
}

} // namespace aiex
