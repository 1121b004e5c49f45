/** Instruction sets: kernels are compiled once for each, and one is chosen when the program starts.
 *
 *      skel_isa_check();                       the program, once, before it computes
 *      kernels = tables[skel_isa_best()];      a room that has kernels
 *
 *  A source file of kernels is compiled by CMake's skel_kernels() with SKEL_ISA and SKEL_ISA_LANES
 *  defined, and gives its table of functions the name SKEL_ISA_NAME(table).
 */
#ifndef SKEL_ISA_H
#define SKEL_ISA_H

#include "skel/status.h"

#include <stdbool.h>

/** Instruction sets, weakest first. A processor other than x86-64 has the baseline only. */
typedef enum skel_isa {
    SKEL_ISA_BASELINE, /**< x86-64 as first made (SSE2), or plain C on another processor */
    SKEL_ISA_AVX2,     /**< AVX2 and FMA */
    SKEL_ISA_AVX512,   /**< AVX-512 F, BW, DQ and VL */
    SKEL_ISAS,
} skel_isa;

#if defined __x86_64__
#define SKEL_ISA_X86 1 /**< whether there are kernels for more than the baseline */
#else
#define SKEL_ISA_X86 0
#endif

#ifdef SKEL_ISA
#define SKEL_ISA_JOIN(name, isa) name##_##isa
#define SKEL_ISA_EXPAND(name, isa) SKEL_ISA_JOIN(name, isa)
#define SKEL_ISA_NAME(name) SKEL_ISA_EXPAND(name, SKEL_ISA) /**< name_avx2 */
#endif

/** Checks the environment's SKEL_MAX_ISA: baseline, avx2 or avx512.
 *
 *  Local. Errors: SKEL_ERR_USAGE for an unknown word, or an instruction set that the processor
 *  lacks.
 */
SKEL_CHECKED skel_status skel_isa_check(void);

/** The best instruction set of the processor that SKEL_MAX_ISA allows.
 *
 *  Local. Ignores a SKEL_MAX_ISA that skel_isa_check() refuses.
 */
skel_isa skel_isa_best(void);

/** Whether the processor and the operating system have an instruction set.
 *
 *  Local. Ignores SKEL_MAX_ISA.
 */
bool skel_isa_is_there(skel_isa isa);

/** The name of an instruction set: "baseline", "avx2", "avx512".
 *
 *  Local. Static storage.
 */
const char *skel_isa_name(skel_isa isa);

#endif
