// What users have for their tests, for ours.
#pragma once

#include "aiex/actors/testing/actor_world.hpp"

namespace aiex::test {

using testing::actor_world;

} // namespace aiex::test
