# Flags, layers, programs and tests, said once. A folder's CMakeLists.txt only names its files.

# One include line everywhere: <build>/include/aiex/<layer> links to <source>/<layer>, so that
# "aiex/actors/bus.hpp" means the same in the tree and after installation.
set(AIEX_INCLUDE_ROOT "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${AIEX_INCLUDE_ROOT}/aiex")

# -- flags -------------------------------------------------------------------------------------

add_library(aiex_options INTERFACE)
target_compile_features(aiex_options INTERFACE cxx_std_20)
if(AIEX_DEV)
  target_compile_options(aiex_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
endif()
if(AIEX_SANITIZE)
  target_compile_options(aiex_options INTERFACE
    -fsanitize=${AIEX_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
    -g1 # lines for reports; more would cost a sixth of the build
    -fno-sanitize=null) # CAF 0.17's headers bind references to null in every spawn
  target_link_options(aiex_options INTERFACE -fsanitize=${AIEX_SANITIZE})
endif()

find_program(AIEX_CCACHE ccache)
mark_as_advanced(AIEX_CCACHE)
if(AIEX_DEV AND AIEX_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${AIEX_CCACHE}")
endif()

# -- layers and programs -----------------------------------------------------------------------

add_library(aiex_aiex INTERFACE) # the umbrella, which most programs link: every layer
add_library(aiex::aiex ALIAS aiex_aiex)
set_target_properties(aiex_aiex PROPERTIES EXPORT_NAME aiex)
install(TARGETS aiex_aiex EXPORT aiexTargets)

add_custom_target(programs) # what `./dev build` builds: no tests

# aiex_add_layer(<name> HEADERS <public>... [CORES <private>...] SOURCES <private>...
#   [DEPENDS ...] [PRIVATE_DEPENDS ...]): CORES are the sources that know no actor.
function(aiex_add_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;CORES;SOURCES;DEPENDS;PRIVATE_DEPENDS")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${AIEX_INCLUDE_ROOT}/aiex/${name}" SYMBOLIC)
  list(TRANSFORM arg_HEADERS PREPEND "${AIEX_INCLUDE_ROOT}/aiex/${name}/")

  add_library(aiex_${name})
  add_library(aiex::${name} ALIAS aiex_${name})
  target_sources(aiex_${name}
    PRIVATE ${arg_CORES} ${arg_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS "${AIEX_INCLUDE_ROOT}" FILES ${arg_HEADERS})
  target_compile_features(aiex_${name} PUBLIC cxx_std_20)
  target_link_libraries(aiex_${name}
    PUBLIC ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:aiex_options> ${arg_PRIVATE_DEPENDS})
  set_target_properties(aiex_${name} PROPERTIES
    EXPORT_NAME ${name} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    AIEX_CORES "${arg_CORES}"
    VERIFY_INTERFACE_HEADER_SETS ${AIEX_DEV}) # every public header compiles alone
  target_link_libraries(aiex_aiex INTERFACE aiex::${name})
  add_dependencies(programs aiex_${name})
  install(TARGETS aiex_${name} EXPORT aiexTargets
    RUNTIME COMPONENT runtime LIBRARY COMPONENT runtime NAMELINK_COMPONENT dev
    ARCHIVE COMPONENT dev FILE_SET HEADERS COMPONENT dev)
endfunction()

# aiex_add_inner_library(<name> SOURCES <file>... [DEPENDS ...] [PRIVATE_DEPENDS ...]): what
# programs share. It is installed because aiex::application is made of it, without its headers.
function(aiex_add_inner_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS")
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/apps>)
  target_link_libraries(${name}
    PUBLIC ${arg_DEPENDS} PRIVATE $<BUILD_INTERFACE:aiex_options> ${arg_PRIVATE_DEPENDS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ${BUILD_SHARED_LIBS})
  add_dependencies(programs ${name})
  install(TARGETS ${name} EXPORT aiexTargets ARCHIVE COMPONENT dev)
endfunction()

# aiex_add_program(<name> [INSTALL] SOURCES <file>... [DEPENDS ...]): ends in <build>/bin.
function(aiex_add_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INSTALL" "" "SOURCES;DEPENDS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE aiex_options ${arg_DEPENDS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  add_dependencies(programs ${name})
  if(arg_INSTALL)
    install(TARGETS ${name} COMPONENT runtime)
  endif()
endfunction()

# -- tests -------------------------------------------------------------------------------------

# aiex_add_tests(<layer> [DEPENDS ...] [SANITIZE address thread]): every *_test.cpp below
# tests/<layer>, labelled with the layer. In a sanitized build only if it asks for that sanitizer.
function(aiex_add_tests layer)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;SANITIZE")
  if(AIEX_SANITIZE)
    string(REGEX MATCH "^[a-z]+" sanitizer "${AIEX_SANITIZE}")
    if(NOT sanitizer IN_LIST arg_SANITIZE)
      return()
    endif()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${layer}/*_test.cpp")
  aiex_add_test_program(${layer} SOURCES ${sources} DEPENDS ${arg_DEPENDS})
endfunction()

# aiex_add_core_tests(<target>... [DEPENDS ...]): the cores of these targets with their tests, built
# without all else, so that nothing of CAF is linked: minutes where the whole takes half an hour.
function(aiex_add_core_tests)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "DEPENDS")
  set(sources)
  foreach(target IN LISTS arg_UNPARSED_ARGUMENTS)
    get_target_property(folder ${target} SOURCE_DIR)
    get_target_property(cores ${target} AIEX_CORES)
    file(RELATIVE_PATH place "${PROJECT_SOURCE_DIR}" "${folder}")
    foreach(core IN LISTS cores)
      list(APPEND sources "${folder}/${core}")
      cmake_path(REMOVE_EXTENSION core)
      set(test "${CMAKE_CURRENT_SOURCE_DIR}/${place}/${core}_test.cpp")
      if(EXISTS "${test}")
        file(STRINGS "${test}" compares_with_caf REGEX "#include <caf/")
        if(NOT compares_with_caf)
          list(APPEND sources "${test}")
        endif()
      endif()
    endforeach()
  endforeach()
  aiex_add_test_program(core SOURCES ${sources} DEPENDS ${arg_DEPENDS})
endfunction()

function(aiex_add_test_program label)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${label}_tests main.cpp ${arg_SOURCES})
  set_target_properties(${label}_tests PROPERTIES EXCLUDE_FROM_ALL FALSE)
  target_include_directories(${label}_tests PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${label}_tests PRIVATE aiex_options doctest::doctest ${arg_DEPENDS})
  target_compile_options(${label}_tests PRIVATE
    $<$<CONFIG:RelWithDebInfo>:-Wno-restrict>) # GCC 12 sees overlaps where none are, its bug 105651
  doctest_discover_tests(${label}_tests TEST_PREFIX "${label}/"
    PROPERTIES LABELS ${label} TIMEOUT 60
    FAIL_REGULAR_EXPRESSION "test cases: +0 ") # a name that selects nothing is not a success
endfunction()
