# Flags, layers and tests, said once. A layer's CMakeLists.txt only names its files.

# One include line everywhere: <build>/include/aiex/<layer> links to <source>/<layer>, so that
# "aiex/actors/bus.hpp" means the same in the tree and after installation.
set(AIEX_INCLUDE_ROOT "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${AIEX_INCLUDE_ROOT}/aiex")

add_library(aiex_options INTERFACE)
target_compile_features(aiex_options INTERFACE cxx_std_20)
if(AIEX_DEV)
  target_compile_options(aiex_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
endif()
if(AIEX_SANITIZE)
  target_compile_options(aiex_options INTERFACE
    -fsanitize=${AIEX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    -fno-sanitize=null) # CAF 0.17's headers bind references to null in every spawn
  target_link_options(aiex_options INTERFACE -fsanitize=${AIEX_SANITIZE})
endif()

# aiex_add_layer(<name> HEADERS <public>... SOURCES <private>... [DEPENDS ...] [PRIVATE_DEPENDS ...])
function(aiex_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES;DEPENDS;PRIVATE_DEPENDS")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${AIEX_INCLUDE_ROOT}/aiex/${name}" SYMBOLIC)
  list(TRANSFORM arg_HEADERS PREPEND "${AIEX_INCLUDE_ROOT}/aiex/${name}/")

  add_library(aiex_${name})
  add_library(aiex::${name} ALIAS aiex_${name})
  target_sources(aiex_${name}
    PRIVATE ${arg_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS "${AIEX_INCLUDE_ROOT}" FILES ${arg_HEADERS})
  target_compile_features(aiex_${name} PUBLIC cxx_std_20)
  target_link_libraries(aiex_${name}
    PUBLIC ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:aiex_options> ${arg_PRIVATE_DEPENDS})
  set_target_properties(aiex_${name} PROPERTIES
    EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    VERIFY_INTERFACE_HEADER_SETS ${AIEX_DEV}) # every public header compiles alone
  install(TARGETS aiex_${name} EXPORT aiexTargets
    RUNTIME COMPONENT runtime LIBRARY COMPONENT runtime NAMELINK_COMPONENT dev
    ARCHIVE COMPONENT dev FILE_SET HEADERS COMPONENT dev)
endfunction()

# aiex_add_tests(<layer> [DEPENDS ...]): every tests/<layer>/*_test.cpp, labelled with the layer.
function(aiex_add_tests layer)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${layer}/*_test.cpp")
  add_executable(${layer}_tests main.cpp ${sources})
  target_include_directories(${layer}_tests PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${layer}_tests PRIVATE aiex_options doctest::doctest ${arg_DEPENDS})
  doctest_discover_tests(${layer}_tests TEST_PREFIX "${layer}/" PROPERTIES LABELS ${layer} TIMEOUT 60)
endfunction()
