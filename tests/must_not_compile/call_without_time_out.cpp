// error: 'aiex::call_timeout'
#include "aiex/supervision/call/call.hpp"

#include <caf/duration.hpp>

aiex::call_timeout for_ever() {
  return caf::infinite;
}
