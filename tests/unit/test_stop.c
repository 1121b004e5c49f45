/* When the coming end of an allocation stops a run. */
#include "suite.h"

#include "skel/stop.h"

#include <string.h>

START_TEST(a_run_stops_its_margin_before_the_end)
{
    skel_stop_set_end(1000, 90);
    ck_assert(!skel_stop_is_asked());
    skel_stop_set_end(80, 90);
    ck_assert(skel_stop_is_asked());
    ck_assert_int_eq(skel_stop_check(), SKEL_ERR_STOPPED);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "the near end of the allocation"));
}
END_TEST

START_TEST(the_margin_is_at_least_twice_the_last_checkpoints_time)
{
    skel_stop_set_end(1000, 90);
    skel_stop_allow_for(400);
    ck_assert(!skel_stop_is_asked());
    skel_stop_allow_for(600);
    ck_assert(skel_stop_is_asked());
}
END_TEST

START_TEST(a_quick_checkpoint_leaves_the_margin_as_it_is)
{
    skel_stop_set_end(80, 90);
    skel_stop_allow_for(1);
    ck_assert(skel_stop_is_asked());
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_run_stops_its_margin_before_the_end);
    tcase_add_test(tcase, the_margin_is_at_least_twice_the_last_checkpoints_time);
    tcase_add_test(tcase, a_quick_checkpoint_leaves_the_margin_as_it_is);
}

int main(void)
{
    return skel_suite_run("stop", fill);
}
