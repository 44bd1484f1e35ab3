// The types aiex sends over a link, told to CAF. On the wire they go by these names.
#pragma once

#include "aiex/actors/runtime/actor_lookup.hpp"
#include "aiex/actors/runtime/frame.hpp"
#include "aiex/actors/runtime/gateway_protocol.hpp"
#include "aiex/actors/runtime/node_protocol.hpp"

#include <caf/type_id.hpp>

CAF_BEGIN_TYPE_ID_BLOCK(aiex_messages, first_custom_type_id)
CAF_ADD_TYPE_ID(aiex_messages, (aiex::frame))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::gateway_hello))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::gateway_welcome))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::gateway_request))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::gateway_reply))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::node_hello))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::node_welcome))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::actor_question))
CAF_ADD_TYPE_ID(aiex_messages, (aiex::actor_answer))
CAF_END_TYPE_ID_BLOCK(aiex_messages)
