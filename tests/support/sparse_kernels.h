/** The sparse engine's kernels of every instruction set, for loop tests over shapes.
 *
 *      const shape *s = &shapes[choose_kernels(_i)];    a test's first line
 *      add_kernel_test(tcase, name_of_the_test, SHAPES);
 */
#ifndef SKEL_TESTS_SPARSE_KERNELS_H
#define SKEL_TESTS_SPARSE_KERNELS_H

#include "suite.h"

#include "nn/engines/sparse/kernels/kernels.h"

#include "skel/memory.h"
#include "skel/random.h"

/** The kernels that the running test checks. */
static const skel_sparse_kernels *kernels;

/** Adds a loop test over `shapes` shapes and all instruction sets. */
#define add_kernel_test(tcase, test, shapes) tcase_add_loop_test(tcase, test, 0, (shapes)*SKEL_ISAS)

/** Sets `kernels`, to the baseline's if the processor lacks the instruction set, and returns the
 *  number of the shape.
 *
 *  Local.
 *  @param index  of the loop test
 */
static inline int choose_kernels(int index)
{
    skel_isa isa = (skel_isa)(index % SKEL_ISAS);

    kernels = skel_sparse_kernels_of(skel_isa_is_there(isa) ? isa : SKEL_ISA_BASELINE);
    return index / SKEL_ISAS;
}

/** Floats from a normal distribution; free them with SKEL_FREE().
 *
 *  Local.
 */
static inline float *random_floats(skel_stream *stream, size_t count)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)skel_stream_normal(stream);
    }
    return out;
}

#endif
