# Configures, builds and runs the program beside this file against an installed aiex, as a stranger
# would. What is installed is either a build, put into a folder of its own, or there already:
#
#   cmake -D BUILD=<build folder> -P install_and_use.cmake
#   cmake -D PREFIX=<where it is> -D WORK=<folder for the build> -P install_and_use.cmake
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(BUILD)
  set(WORK "${BUILD}/consumer")
  set(PREFIX "${WORK}/prefix")
endif()
file(REMOVE_RECURSE "${WORK}")
if(BUILD)
  run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${PREFIX}")
endif()

run(${CMAKE_COMMAND} -S "${CMAKE_CURRENT_LIST_DIR}" -B "${WORK}/build" -G Ninja
  "-DCMAKE_PREFIX_PATH=${PREFIX}")
run(${CMAKE_COMMAND} --build "${WORK}/build")
run("${WORK}/build/consumer")
