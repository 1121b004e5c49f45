/** The sparse engine's kernels of every instruction set, for loop tests over shapes.
 *
 *      const shape *s = &shapes[choose_kernels(_i)];    a test's first line
 *      add_kernel_test(tcase, name_of_the_test, SHAPES);
 */
#ifndef SKEL_TESTS_SPARSE_KERNELS_H
#define SKEL_TESTS_SPARSE_KERNELS_H

#include "sample.h"
#include "suite.h"

#include "nn/engines/sparse/kernels/kernels.h"

#include "skel/memory.h"
#include "skel/random.h"

/** The kernels that the running test checks. */
static const skel_sparse_kernels *kernels;

/** The instruction sets that the processor has: these are the first ones. */
static inline int isas_there(void)
{
    int count = 0;

    while (count < SKEL_ISAS && skel_isa_is_there((skel_isa)count)) {
        count++;
    }
    return count;
}

/** Adds a loop test over `shapes` shapes and all instruction sets that the processor has. */
#define add_kernel_test(tcase, test, shapes)                                                       \
    do {                                                                                           \
        skel_sample_add(tcase, test, (shapes)*isas_there());                                       \
    } while (0)

/** Sets `kernels`, and returns the number of the shape.
 *
 *  Local.
 *  @param index  of the loop test
 */
static inline int choose_kernels(int index)
{
    kernels = skel_sparse_kernels_of((skel_isa)(index % isas_there()));
    return index / isas_there();
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
