# What `cmake --install` writes. Nothing that is installed knows the source, the build folder or the
# prefix: the prefix may be moved, and the program finds share/skel from its own place.
include(GNUInstallDirs)

# Libraries from folders of their own, as from a cluster's modules, are found there at run time.
set_target_properties(skel PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS skel)

# In the build folder, share/skel is links to the source, so that build/skel finds the same files.
set(share ${CMAKE_INSTALL_DATAROOTDIR}/skel)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/skel)
foreach(folder jobs slurm analysis)
  if(IS_DIRECTORY ${PROJECT_SOURCE_DIR}/${folder})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${PROJECT_BINARY_DIR}/share/skel/${folder} SYMBOLIC)
    # The scripts of jobs/ build the source.
    install(DIRECTORY ${folder} DESTINATION ${share} USE_SOURCE_PERMISSIONS
            PATTERN "__pycache__" EXCLUDE
            REGEX "/jobs/.*\\.(sh|txt)$" EXCLUDE)
  endif()
endforeach()

# The pages stand beside these folders, as README.md does in the source. Links of README.md to files of the source that
# are not installed become plain text.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/README.md)
file(READ ${PROJECT_SOURCE_DIR}/README.md readme)
string(REPLACE "(src/store/FORMAT.md)" "(FORMAT.md)" readme "${readme}")
string(REPLACE "(src/NUMBERS.md)" "(NUMBERS.md)" readme "${readme}")
string(REGEX REPLACE "\\[([^]\n]*)\\]\\(src/[^)\n]*\\)" "\\1" readme "${readme}")
file(WRITE ${PROJECT_BINARY_DIR}/generated/README.md "${readme}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/NUMBERS.md)
file(READ ${PROJECT_SOURCE_DIR}/src/NUMBERS.md numbers)
string(REPLACE "(store/FORMAT.md)" "(FORMAT.md)" numbers "${numbers}")
file(WRITE ${PROJECT_BINARY_DIR}/generated/NUMBERS.md "${numbers}")
install(FILES ${PROJECT_BINARY_DIR}/generated/README.md ${PROJECT_BINARY_DIR}/generated/NUMBERS.md
        src/store/FORMAT.md LICENSE DESTINATION ${share})

# Manual pages, printed by the program from its tables: one for each command, and skel-job(5). The
# program itself lists its commands, so a rule makes them all.
set(pages ${PROJECT_BINARY_DIR}/generated/man)
add_custom_command(OUTPUT ${pages}/stamp
  COMMAND ${CMAKE_COMMAND} -DSKEL=$<TARGET_FILE:skel> -DOUTPUT=${pages}
          -P ${PROJECT_SOURCE_DIR}/src/cli/manual.cmake
  DEPENDS skel ${PROJECT_SOURCE_DIR}/src/cli/manual.cmake)
add_custom_target(skel_manual ALL DEPENDS ${pages}/stamp)
install(DIRECTORY ${pages}/man1 ${pages}/man5 DESTINATION ${CMAKE_INSTALL_MANDIR})

# Completion of the command line, where bash-completion and zsh look for it.
install(FILES src/cli/shells/skel.bash RENAME skel
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions)
install(FILES src/cli/shells/_skel DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/zsh/site-functions)

# `module load skel`: the file's name is the version. @ONLY: $prefix is Tcl's.
configure_file(src/cli/shells/modulefile.in ${PROJECT_BINARY_DIR}/generated/modulefile @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/generated/modulefile RENAME ${PROJECT_VERSION}
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/modulefiles/skel)
