# The git revision, looked up at every build so that `skel --version` never lies.
add_custom_target(skel_revision
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR}
          -DOUTPUT=${PROJECT_BINARY_DIR}/generated/skel_revision.h
          -P ${PROJECT_SOURCE_DIR}/src/base/revision.cmake
  BYPRODUCTS ${PROJECT_BINARY_DIR}/generated/skel_revision.h)
add_dependencies(skel_core skel_revision)
target_include_directories(skel_core PRIVATE ${PROJECT_BINARY_DIR}/generated)
set_source_files_properties(src/base/version.c PROPERTIES
  COMPILE_DEFINITIONS SKEL_VERSION="${PROJECT_VERSION}")
