// A program that is a node: give it your tree, it has the flags, the store, the gateway and the
// shell of aiexd.
//
//   int main(int argc, char** argv) {
//     return aiex::application{"bank"}.run(argc, argv,
//       aiex::supervisor("bank", aiex::strategy::rest_for_one, {.intensity = 3},
//         {aiex::aggregates<account>(), aiex::projection<totals>()}));
//   }
//
// This header is all that such a program has to include.
#pragma once

#include "aiex/actors/flow/aggregates.hpp"
#include "aiex/actors/flow/handler.hpp"
#include "aiex/actors/flow/node_part.hpp"
#include "aiex/actors/flow/projection.hpp"
#include "aiex/application/application_spec.hpp"

#include <string>
#include <vector>

namespace aiex {

class application {
public:
  /// `name`: of the program, in its help and its errors.
  explicit application(std::string name) : name_(std::move(name)) {}

  /// Runs a node with `tree` as a part of its tree until SIGTERM or SIGINT, or, with --shell, until
  /// the shell in this terminal is left. Call it once, from `main`, with its arguments. Answers the
  /// exit status: 0 stopped in order, 2 wrong usage; if the node could not start, the one that the
  /// client tool has for the error, as 5 for a folder in use and 7 for a damaged one. A node that
  /// cannot go on ends the process at once, with 1 and a last line that says why.
  int run(int argc, char** argv, node_part tree) const;

  /// The same with several applications. They are started in the order of what they depend on, and
  /// stopped in reverse. If one ends that is permanent, all others are stopped, then the process
  /// ends with 1 and a last line that says why; `application_type` knows the others.
  int run(int argc, char** argv, std::vector<application_spec> applications) const;

  /// The same without a tree of the user's: what aiexd is.
  int run(int argc, char** argv) const;

private:
  int run_all(int argc, char** argv, std::vector<node_part> parts,
    const std::vector<application_spec>& applications) const;
  std::string name_;
};

} // namespace aiex
