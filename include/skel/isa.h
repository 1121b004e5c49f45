/** Instruction sets: kernels are compiled once for each, and one is chosen when the program starts.
 *
 *      skel_isa_check();                       the program, once, before it computes
 *      kernels = tables[skel_isa_best()];      a room that has kernels
 *
 *  A source file of kernels, NOUN_kernels.c, is compiled by CMake's skel_kernels() with SKEL_ISA
 *  and SKEL_ISA_LANES defined, and gives its table of functions the name SKEL_ISA_NAME(table). The
 *  room lists the tables of all instruction sets: `tables[SKEL_ISAS] = SKEL_ISA_TABLES(table)`.
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

/** The addresses of table_baseline, table_avx2 and table_avx512, in the order of skel_isa. */
#if SKEL_ISA_X86
#define SKEL_ISA_TABLES(table)                                                                     \
    {                                                                                              \
        &table##_baseline, &table##_avx2, &table##_avx512                                          \
    }
#else
#define SKEL_ISA_TABLES(table)                                                                     \
    {                                                                                              \
        &table##_baseline                                                                          \
    }
#endif

#ifdef SKEL_ISA
#define SKEL_ISA_JOIN(name, isa) name##_##isa
#define SKEL_ISA_EXPAND(name, isa) SKEL_ISA_JOIN(name, isa)
#define SKEL_ISA_NAME(name) SKEL_ISA_EXPAND(name, SKEL_ISA) /**< name_avx2 */
#endif

enum {
    SKEL_ISA_TEXT = 96,       /**< bytes that skel_isa_text() needs */
    SKEL_ISA_PROCESSOR = 128, /**< bytes that skel_isa_processor() needs */
};

/** Checks the environment's SKEL_MAX_ISA: baseline, avx2 or avx512.
 *
 *  Local. Errors: SKEL_ERR_USAGE for an unknown word, with the nearest one, or an instruction set
 *  that the processor lacks.
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

/** The instruction set in use, and what limits it: "avx2", "baseline (SKEL_MAX_ISA; the processor
 *  has avx2)".
 *
 *  Local.
 */
void skel_isa_text(char out[SKEL_ISA_TEXT]);

/** The processor's name; "" where Linux does not tell it.
 *
 *  Local.
 */
void skel_isa_processor(char out[SKEL_ISA_PROCESSOR]);

#endif
