// error: aiex: `fields` must name every member of the struct
#include "aiex/persistence/codec/storable.hpp"

struct opened {
  std::string owner{};
  std::int64_t cents = 0;

  static constexpr auto fields = aiex::fields("opened", &opened::owner, "owner");
};

const bool checked = aiex::has_fields<opened>();
