# libskel: the functions of include/skel/predictor.h, as a shared library that other programs link.
# It holds the parts of the program that these functions need, and exports nothing else.
include(CMakePackageConfigHelpers)

add_library(skel_library SHARED src/run/predictor.c)
target_link_libraries(skel_library PRIVATE skel_flags skel_core)
# --as-needed: without the libraries of parts that are not in it, such as libpng.
# --exclude-libs: where a system has HDF5 or oneDNN as static libraries, their names are hidden, too.
target_link_options(skel_library PRIVATE -Wl,--as-needed -Wl,--exclude-libs,ALL)
target_include_directories(skel_library INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
set_target_properties(skel_library PROPERTIES
  OUTPUT_NAME skel EXPORT_NAME skel VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
  INSTALL_RPATH_USE_LINK_PATH ON)

install(TARGETS skel_library EXPORT skelTargets)
install(FILES include/skel/predictor.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/skel)

# find_package(skel) gives the target skel::skel.
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/skel)
file(WRITE ${PROJECT_BINARY_DIR}/generated/skelConfig.cmake
     "include(\${CMAKE_CURRENT_LIST_DIR}/skelTargets.cmake)\n")
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/skelConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(EXPORT skelTargets NAMESPACE skel:: DESTINATION ${package})
install(FILES ${PROJECT_BINARY_DIR}/generated/skelConfig.cmake
              ${PROJECT_BINARY_DIR}/generated/skelConfigVersion.cmake DESTINATION ${package})

# pkg-config skel, wherever the prefix is moved to.
file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
file(WRITE ${PROJECT_BINARY_DIR}/generated/skel.pc
"prefix=\${pcfiledir}/${up}
Name: skel
Description: ${PROJECT_DESCRIPTION}
Version: ${PROJECT_VERSION}
Libs: -L\${prefix}/${CMAKE_INSTALL_LIBDIR} -lskel
Cflags: -I\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}
")
install(FILES ${PROJECT_BINARY_DIR}/generated/skel.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
