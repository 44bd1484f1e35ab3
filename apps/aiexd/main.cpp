// aiexd: a node without a tree of a user's.
#include "aiex/application/application.hpp"

int main(int argc, char** argv) {
  return aiex::application{"aiexd"}.run(argc, argv);
}
