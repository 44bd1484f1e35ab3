# Where gRPC is installed (Debian: libgrpc++-dev, libprotobuf-dev, protobuf-compiler-grpc),
# load_client speaks etcd's own protocol.
find_program(AIEX_PROTOC protoc)
find_program(AIEX_GRPC_PLUGIN grpc_cpp_plugin)
find_library(AIEX_GRPC grpc++)
find_library(AIEX_GPR gpr)
find_library(AIEX_PROTOBUF protobuf)
find_library(AIEX_ABSL absl_synchronization) # gRPC's headers use it
mark_as_advanced(AIEX_PROTOC AIEX_GRPC_PLUGIN AIEX_GRPC AIEX_GPR AIEX_PROTOBUF AIEX_ABSL)

if(AIEX_PROTOC AND AIEX_GRPC_PLUGIN AND AIEX_GRPC AND AIEX_GPR AND AIEX_PROTOBUF AND AIEX_ABSL)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/etcd_client")
  set(proto "${CMAKE_CURRENT_SOURCE_DIR}/torture/programs/etcd_kv.proto")
  file(MAKE_DIRECTORY "${folder}")
  set(made "${folder}/etcd_kv.pb.cc" "${folder}/etcd_kv.grpc.pb.cc")
  add_custom_command(OUTPUT ${made} "${folder}/etcd_kv.grpc.pb.h"
    COMMAND "${AIEX_PROTOC}" --proto_path "${CMAKE_CURRENT_SOURCE_DIR}/torture/programs"
      --cpp_out "${folder}" --grpc_out "${folder}"
      "--plugin=protoc-gen-grpc=${AIEX_GRPC_PLUGIN}" "${proto}"
    DEPENDS "${proto}" VERBATIM)
  add_library(etcd_client STATIC ${made}) # without our warnings: it is not our code
  target_compile_features(etcd_client PUBLIC cxx_std_20)
  target_include_directories(etcd_client SYSTEM PUBLIC "${folder}")
  target_link_libraries(etcd_client PUBLIC
    "${AIEX_GRPC}" "${AIEX_GPR}" "${AIEX_PROTOBUF}" "${AIEX_ABSL}" Threads::Threads)
  target_sources(load_client PRIVATE torture/programs/load_etcd.cpp)
  target_compile_definitions(load_client PRIVATE AIEX_HAS_GRPC)
  target_link_libraries(load_client PRIVATE etcd_client)
endif()
