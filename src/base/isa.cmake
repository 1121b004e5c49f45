# Kernels for every instruction set, from one source.
#
# skel_kernels(NAME source...) compiles the sources once for each instruction set, into skel_core.
# SKEL_ISA is the instruction set's name, SKEL_ISA_LANES the floats of one of its vectors.
# A processor other than x86-64 gets the baseline only.
#
# In a build for the sanitizers, kernels are compiled without the check that a sum of an address and an offset does not
# wrap around: it takes a third of the compiler's time for them, and the address sanitizer sees each access. Kernels that
# this processor cannot run are compiled without the sanitizers and without optimisation: no test reaches them, and the
# checks of AVX-512 kernels take nine tenths of the time.

function(skel_kernels name)
  set(isas baseline)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND isas avx2 avx512)
  endif()
  set(lanes_baseline 4)
  set(lanes_avx2 8)
  set(options_avx2 -mavx2 -mfma)
  set(lanes_avx512 16)
  # 256 bits is gcc's own preference, which would halve the vectors of 16 floats
  set(options_avx512 -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl
                     -mprefer-vector-width=512)
  foreach(isa IN LISTS isas)
    set(target skel_${name}_${isa})
    add_library(${target} OBJECT ${ARGN})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(${target} PRIVATE skel_flags OpenMP::OpenMP_C)
    target_compile_definitions(${target} PRIVATE SKEL_ISA=${isa} SKEL_ISA_LANES=${lanes_${isa}})
    target_compile_options(${target} PRIVATE ${options_${isa}})
    if(CMAKE_C_FLAGS MATCHES "fsanitize=[a-z,-]*undefined")
      target_compile_options(${target} PRIVATE -fno-sanitize=pointer-overflow)
    endif()
    if(CMAKE_C_FLAGS MATCHES "fsanitize" AND EXISTS /proc/cpuinfo AND isa STREQUAL avx512)
      file(STRINGS /proc/cpuinfo flags REGEX "^flags.* avx512vl" LIMIT_COUNT 1)
      if(NOT flags)
        target_compile_options(${target} PRIVATE -fno-sanitize=all -O0)
      endif()
    endif()
    target_sources(skel_core PRIVATE $<TARGET_OBJECTS:${target}>)
  endforeach()
endfunction()
