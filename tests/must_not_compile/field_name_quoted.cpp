// error: aiex: field names are printable ASCII without quotes, each of them once
#include "aiex/persistence/codec/storable.hpp"

struct opened {
  std::string owner{};

  static constexpr auto fields = aiex::fields("opened", &opened::owner, "\"owner\"");
};

const bool checked = aiex::has_fields<opened>();
