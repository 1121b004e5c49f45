/* Steps over the objects of a global heap: what HDF5 writes, and what would lead it astray. */
#include "suite.h"

#include "store/global_heap.h"

/* The step over an object of that number with that size, before `rest` bytes. */
static uint64_t step(uint8_t number, uint64_t size, uint64_t rest)
{
    uint8_t object[SKEL_GLOBAL_HEAP_OBJECT] = {number};

    for (int i = 0; i < 8; i++) {
        object[8 + i] = (uint8_t)(size >> 8 * i);
    }
    return skel_global_heap_next(object, rest);
}

START_TEST(the_data_of_an_object_are_rounded_up_to_8_bytes)
{
    ck_assert_uint_eq(step(1, 0, 4096), 16);
    ck_assert_uint_eq(step(1, 1, 4096), 24);
    ck_assert_uint_eq(step(1, 8, 4096), 24);
    ck_assert_uint_eq(step(7, 9, 32), 32);
}
END_TEST

START_TEST(the_size_of_free_space_has_its_head_in_it)
{
    ck_assert_uint_eq(step(0, 4080, 4080), 4080);
    ck_assert_uint_eq(step(0, 16, 16), 16);
}
END_TEST

START_TEST(free_space_that_is_smaller_than_its_head_is_damage)
{
    ck_assert_uint_eq(step(0, 0, 4080), 0);
    ck_assert_uint_eq(step(0, 8, 4080), 0);
    ck_assert_uint_eq(step(0, 15, 4080), 0);
}
END_TEST

START_TEST(an_object_that_is_longer_than_the_heap_is_damage)
{
    ck_assert_uint_eq(step(0, 4081, 4080), 0);
    ck_assert_uint_eq(step(1, 9, 24), 0);
    ck_assert_uint_eq(step(1, 24, 24), 0);
    ck_assert_uint_eq(step(1, UINT64_MAX, 24), 0);
    ck_assert_uint_eq(step(1, UINT64_MAX - 7, UINT64_MAX), 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, the_data_of_an_object_are_rounded_up_to_8_bytes);
    tcase_add_test(tcase, the_size_of_free_space_has_its_head_in_it);
    tcase_add_test(tcase, free_space_that_is_smaller_than_its_head_is_damage);
    tcase_add_test(tcase, an_object_that_is_longer_than_the_heap_is_damage);
}

int main(void)
{
    return skel_suite_run("global_heap", fill);
}
