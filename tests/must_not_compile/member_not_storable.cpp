// error: aiex: this member cannot be stored; use bool, std::int*_t
#include "aiex/persistence/codec/storable.hpp"

struct opened {
  float share = 0;

  static constexpr auto fields = aiex::fields("opened", &opened::share, "share");
};

const bool checked = aiex::has_fields<opened>();
