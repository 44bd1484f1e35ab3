# find_package(aiex), and two Debian packages: aiex (the programs) and libaiex-dev (headers,
# libraries, CMake files).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/aiex")

configure_package_config_file(cmake/aiexConfig.cmake.in "${PROJECT_BINARY_DIR}/aiexConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/aiexConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(EXPORT aiexTargets NAMESPACE aiex:: DESTINATION "${package_dir}" COMPONENT dev)
install(FILES
  "${PROJECT_BINARY_DIR}/aiexConfig.cmake" "${PROJECT_BINARY_DIR}/aiexConfigVersion.cmake"
  cmake/FindCAF.cmake cmake/FindHttplib.cmake cmake/FindLMDB.cmake cmake/FindLibEdit.cmake
  cmake/FindXXHash.cmake
  DESTINATION "${package_dir}" COMPONENT dev)

# The Debian packages that provide what aiexConfig.cmake looks for.
function(aiex_debian_packages_of_config result)
  file(STRINGS cmake/aiexConfig.cmake.in needs REGEX "^find_dependency\\(")
  file(STRINGS cmake/debian-packages.txt known)
  foreach(need IN LISTS needs)
    string(REGEX REPLACE "^find_dependency\\(([A-Za-z0-9-]+).*" "\\1" need "${need}")
    set(lines "${known}")
    list(FILTER lines INCLUDE REGEX "^[^ ]+ +${need} ")
    list(TRANSFORM lines REPLACE " .*" "")
    list(APPEND packages ${lines})
  endforeach()
  list(JOIN packages ", " joined)
  set(${result} "${joined}" PARENT_SCOPE)
endfunction()

if(PROJECT_IS_TOP_LEVEL)
  install(FILES LICENSE RENAME copyright DESTINATION share/doc/aiex COMPONENT runtime)
  install(FILES LICENSE RENAME copyright DESTINATION share/doc/libaiex-dev COMPONENT dev)
  install(FILES CHANGELOG.md README.md DESTINATION share/doc/aiex COMPONENT runtime)

  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_CONTACT "aiex developers <aiex@localhost>")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_COMPONENTS_ALL runtime dev)
  set(CPACK_DEB_COMPONENT_INSTALL ON)
  set(CPACK_STRIP_FILES ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME aiex)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_DEV_PACKAGE_NAME libaiex-dev)
  set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
  aiex_debian_packages_of_config(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS)
  include(CPack)
endif()
