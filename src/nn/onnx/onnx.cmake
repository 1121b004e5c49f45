# ONNX models: C from ONNX's own .proto file, made by protobuf-c's compiler and compiled without our
# warnings. The target skel_onnx is the generated code; src/nn/onnx alone includes its header.
if(NOT SKEL_ONNX)
  list(FILTER SKEL_SOURCES EXCLUDE REGEX "/nn/onnx/onnx_")
  return()
endif()

pkg_check_modules(PROTOBUF_C IMPORTED_TARGET libprotobuf-c)
find_program(PROTOC_C NAMES protoc-c protoc-gen-c)
find_file(ONNX_PROTO NAMES onnx/onnx.proto PATH_SUFFIXES include
          HINTS ${ONNX_ROOT} ENV ONNX_ROOT)
set(missing)
if(NOT PROTOBUF_C_FOUND)
  list(APPEND missing "protobuf-c (Debian: libprotobuf-c-dev)")
endif()
if(NOT PROTOC_C)
  list(APPEND missing "its compiler protoc-c (Debian: protobuf-c-compiler)")
endif()
if(NOT ONNX_PROTO)
  list(APPEND missing "the file onnx/onnx.proto (Debian: libonnx-dev; elsewhere -DONNX_PROTO=FILE)")
endif()
if(missing)
  list(JOIN missing ", " missing)
  message(FATAL_ERROR "ONNX models need what was not found: ${missing}. "
                      "Without ONNX models: -DSKEL_ONNX=OFF")
endif()

set(generated ${PROJECT_BINARY_DIR}/onnx)
get_filename_component(folder ${ONNX_PROTO} DIRECTORY)
get_filename_component(file ${ONNX_PROTO} NAME)
file(MAKE_DIRECTORY ${generated})
add_custom_command(OUTPUT ${generated}/onnx.pb-c.c ${generated}/onnx.pb-c.h
                   COMMAND ${PROTOC_C} --c_out=${generated} -I ${folder} ${file}
                   DEPENDS ${ONNX_PROTO} VERBATIM)
add_library(skel_onnx STATIC ${generated}/onnx.pb-c.c)
target_include_directories(skel_onnx SYSTEM PUBLIC ${generated})
target_compile_options(skel_onnx PRIVATE -w -fmacro-prefix-map=${generated}/=)
target_compile_definitions(skel_onnx INTERFACE SKEL_ONNX)
set_target_properties(skel_onnx PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
target_link_libraries(skel_onnx PUBLIC PkgConfig::PROTOBUF_C)
