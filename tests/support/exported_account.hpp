// What a test that `aiex crash test` has written includes: its aggregate, here without the bug.
#pragma once

#include "support/bank.hpp"

using account = aiex::test::bank::account;
