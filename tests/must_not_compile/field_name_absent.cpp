// error: aiex: fields(type, &member, "name", ...) takes pairs
#include "aiex/persistence/codec/storable.hpp"

struct opened {
  std::string owner{};

  static constexpr auto fields = aiex::fields("opened", &opened::owner);
};
