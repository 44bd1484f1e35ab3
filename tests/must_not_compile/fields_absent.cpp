// error: aiex: this struct needs `static constexpr auto fields =
#include "aiex/persistence/codec/storable.hpp"

struct opened {
  std::string owner{};
};

const bool checked = aiex::has_fields<opened>();
