# Configures, builds and runs the program beside this file and that of the README against an
# installed aiex, as a stranger would. What is installed is either a build, put into a folder of its
# own, or there already:
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
  "-DCMAKE_PREFIX_PATH=${PREFIX}" "-DREADME=${CMAKE_CURRENT_LIST_DIR}/../../README.md")
run(${CMAKE_COMMAND} --build "${WORK}/build")
run("${WORK}/build/consumer")

# A node of its own, told to do something by the shell in it.
file(WRITE "${WORK}/script" "dispatch account 1 deposit '{\"cents\":7}'\nstate account 1\ntree\n")
execute_process(COMMAND "${WORK}/build/readme" --data "${WORK}/data" --listen 127.0.0.1:0
    --http off --shell
  INPUT_FILE "${WORK}/script" OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
message("${said}")
if(NOT said MATCHES "cents +7|\"cents\":7" OR NOT said MATCHES "aggregates/account")
  message(FATAL_ERROR "the README's program did not do what it was told")
endif()
