# find_package(aiex) and two Debian packages: aiex (the daemon) and libaiex-dev (headers, libraries, CMake files).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/aiex")

configure_package_config_file(cmake/aiexConfig.cmake.in "${PROJECT_BINARY_DIR}/aiexConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/aiexConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(EXPORT aiexTargets NAMESPACE aiex:: DESTINATION "${package_dir}" COMPONENT dev)
install(FILES
  "${PROJECT_BINARY_DIR}/aiexConfig.cmake" "${PROJECT_BINARY_DIR}/aiexConfigVersion.cmake"
  cmake/FindCAF.cmake cmake/FindLMDB.cmake cmake/FindXXHash.cmake
  DESTINATION "${package_dir}" COMPONENT dev)

if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_CONTACT "aiex developers <aiex@localhost>")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_COMPONENTS_ALL runtime dev)
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME aiex)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_DEV_PACKAGE_NAME libaiex-dev)
  set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS 
    "libcaf-dev (>= 0.17.6), liblmdb-dev, libxxhash-dev, libzstd-dev, libfmt-dev, libexpected-dev, libsimdjson-dev, libssl-dev")
  include(CPack)
endif()
