// What two nodes say to each other when one has connected to the other. Plain values, no CAF.
//
//   who connected                          who was connected to
//   node_hello {protocol, card}      ->
//                                    <-    node_welcome {protocol, card, refusal}
//
// The types never change, so that two programs of any age can find out that they differ.
#pragma once

#include "aiex/persistence/base/error.hpp"
#include "aiex/persistence/base/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aiex {

/// Raised when nodes of two versions cannot talk: a card, a frame or what is in it has changed.
inline constexpr std::uint32_t node_protocol = 1;

inline constexpr std::size_t node_name_bytes_max = 255;
inline constexpr std::size_t node_address_bytes_max = 255;

/// Who a node is, in one of its lives.
struct node_card {
  uuid cluster{};
  std::string name{};            ///< 1..node_name_bytes_max bytes.
  uuid store{};                  ///< Its member id: that of its data folder.
  std::uint64_t incarnation = 0; ///< Higher after each start.
  std::string address{};         ///< Where others reach it: "10.0.0.1:4100".

  bool operator==(const node_card&) const = default;
};

std::string encode(const node_card& card);

/// Errors: invalid_argument: what it is not. Nothing is believed.
result<node_card> decode_node_card(std::string_view bytes);

struct node_hello {
  std::uint32_t protocol = node_protocol;
  std::string card; ///< Of another protocol: not to be read.

  bool operator==(const node_hello&) const = default;
};

struct node_welcome {
  std::uint32_t protocol = node_protocol;
  std::string card;
  std::string refusal; ///< Empty: welcome. Else for people: what, why, what to do.

  bool operator==(const node_welcome&) const = default;
};

// -- CAF's view of the fields --------------------------------------------------------------------

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_hello& x) {
  return f(x.protocol, x.card);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_welcome& x) {
  return f(x.protocol, x.card, x.refusal);
}

} // namespace aiex
