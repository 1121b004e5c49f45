/* Threads of the BLAS. */
#include "lapack.h"

#include <stddef.h>

/* Of OpenBLAS, where the BLAS is one. */
void openblas_set_num_threads(int threads) __attribute__((weak));

void skel_lapack_one_thread(void)
{
    if (openblas_set_num_threads != NULL) {
        openblas_set_num_threads(1);
    }
}
