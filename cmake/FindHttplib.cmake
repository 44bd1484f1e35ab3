# Finds cpp-httplib (Debian ships it compiled, without a CMake config). Defines Httplib::Httplib.
find_path(Httplib_INCLUDE_DIR httplib.h)
find_library(Httplib_LIBRARY cpp-httplib)

find_package(OpenSSL 3 QUIET)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Httplib REQUIRED_VARS Httplib_LIBRARY Httplib_INCLUDE_DIR
  OpenSSL_FOUND)

if(Httplib_FOUND AND NOT TARGET Httplib::Httplib)
  add_library(Httplib::Httplib UNKNOWN IMPORTED)
  # What it was compiled with (its cpp-httplib.pc): without, its classes have other members here.
  set_target_properties(Httplib::Httplib PROPERTIES
    IMPORTED_LOCATION "${Httplib_LIBRARY}"
    INTERFACE_COMPILE_DEFINITIONS
      "CPPHTTPLIB_OPENSSL_SUPPORT;CPPHTTPLIB_ZLIB_SUPPORT;CPPHTTPLIB_BROTLI_SUPPORT"
    INTERFACE_LINK_LIBRARIES OpenSSL::SSL
    INTERFACE_INCLUDE_DIRECTORIES "${Httplib_INCLUDE_DIR}")
endif()
mark_as_advanced(Httplib_INCLUDE_DIR Httplib_LIBRARY)
