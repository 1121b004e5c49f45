/* Sets of addresses: each one is new once, however many there are and however they lie. */
#include "suite.h"

#include "store/address_set.h"

#include "skel/memory.h"

enum { COUNT = 5000 };

START_TEST(an_address_is_new_once)
{
    static const uint64_t steps[] = {1, 8, 40, 4096, UINT64_C(1) << 32};

    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        skel_address_set set = {0};

        for (int again = 0; again < 2; again++) {
            for (uint64_t i = 0; i < COUNT; i++) {
                bool is_new = false;

                ck_assert_ok(skel_address_set_add(&set, i * steps[s], &is_new));
                ck_assert_int_eq(is_new, again == 0);
            }
        }
        ck_assert_uint_eq(set.count, COUNT);
        SKEL_FREE(&set.at);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, an_address_is_new_once);
}

int main(void)
{
    return skel_suite_run("address_set", fill);
}
