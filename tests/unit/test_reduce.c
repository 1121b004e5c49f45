/* How microbatches are spread. */
#include "suite.h"

#include "skel/reduce.h"

START_TEST(microbatches_are_consecutive_and_evenly_spread)
{
    for (int size = 1; size <= 6; size++) {
        for (size_t microbatches = 0; microbatches < 20; microbatches++) {
            size_t next = 0;

            for (int rank = 0; rank < size; rank++) {
                size_t first = 0;
                size_t count = 0;

                skel_microbatches_of(microbatches, rank, size, &first, &count);
                ck_assert_uint_eq(first, next);
                ck_assert(count == microbatches / (size_t)size ||
                          count == microbatches / (size_t)size + 1);
                next += count;
            }
            ck_assert_uint_eq(next, microbatches);
        }
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, microbatches_are_consecutive_and_evenly_spread);
}

int main(void)
{
    return skel_suite_run("reduce", fill);
}
