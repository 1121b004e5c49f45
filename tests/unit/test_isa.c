/* Instruction sets: what the processor has, and the user's limit. */
#include "suite.h"

#include "skel/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(a_limit_that_the_processor_has_is_taken)
{
    skel_isa isa = (skel_isa)_i;

    ck_assert_int_eq(setenv("SKEL_MAX_ISA", skel_isa_name(isa), 1), 0);
    if (skel_isa_is_there(isa)) {
        ck_assert_ok(skel_isa_check());
        ck_assert_int_eq((int)skel_isa_best(), _i);
    } else {
        ck_assert_int_eq(skel_isa_check(), SKEL_ERR_USAGE);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), skel_isa_name(isa)));
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "this processor has at most"));
        ck_assert_int_lt((int)skel_isa_best(), _i);
    }
}
END_TEST

START_TEST(an_unknown_limit_is_an_error_that_names_those_there_are)
{
    ck_assert_int_eq(setenv("SKEL_MAX_ISA", "sse9", 1), 0);
    ck_assert_int_eq(skel_isa_check(), SKEL_ERR_USAGE);
    ck_assert_str_eq(skel_error_message(), "SKEL_MAX_ISA=sse9: not an instruction set; there are "
                                           "baseline, avx2 and avx512");
}
END_TEST

START_TEST(a_misspelt_limit_is_an_error_with_the_nearest_word)
{
    ck_assert_int_eq(setenv("SKEL_MAX_ISA", "avx21", 1), 0);
    ck_assert_int_eq(skel_isa_check(), SKEL_ERR_USAGE);
    ck_assert_str_eq(skel_error_message(),
                     "SKEL_MAX_ISA=avx21: not an instruction set; did you mean avx2?");
}
END_TEST

START_TEST(the_text_names_the_instruction_set_and_its_limit)
{
    char free[SKEL_ISA_TEXT];
    char limited[SKEL_ISA_TEXT];
    char expected[2 * SKEL_ISA_TEXT];

    ck_assert_int_eq(unsetenv("SKEL_MAX_ISA"), 0);
    skel_isa_text(free);
    ck_assert_str_eq(free, skel_isa_name(skel_isa_best()));
    ck_assert_int_eq(setenv("SKEL_MAX_ISA", "baseline", 1), 0);
    skel_isa_text(limited);
    (void)snprintf(expected, sizeof expected, "baseline (SKEL_MAX_ISA; the processor has %s)",
                   free);
    ck_assert_str_eq(limited, strcmp(free, "baseline") == 0 ? "baseline" : expected);
}
END_TEST

START_TEST(without_a_limit_the_best_is_what_the_processor_has)
{
    skel_isa best = SKEL_ISA_BASELINE;

    ck_assert_int_eq(unsetenv("SKEL_MAX_ISA"), 0);
    ck_assert_ok(skel_isa_check());
    best = skel_isa_best();
    ck_assert(skel_isa_is_there(best));
    for (skel_isa isa = best + 1; isa < SKEL_ISAS; isa++) {
        ck_assert(!skel_isa_is_there(isa));
    }
}
END_TEST

START_TEST(the_processor_has_a_name_of_one_line)
{
    char name[SKEL_ISA_PROCESSOR];

    skel_isa_processor(name);
    ck_assert_ptr_null(strpbrk(name, "\t\n"));
    ck_assert(name[0] != ' ' && name[0] != ':');
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_limit_that_the_processor_has_is_taken, 0, SKEL_ISAS);
    tcase_add_test(tcase, an_unknown_limit_is_an_error_that_names_those_there_are);
    tcase_add_test(tcase, a_misspelt_limit_is_an_error_with_the_nearest_word);
    tcase_add_test(tcase, the_text_names_the_instruction_set_and_its_limit);
    tcase_add_test(tcase, the_processor_has_a_name_of_one_line);
    tcase_add_test(tcase, without_a_limit_the_best_is_what_the_processor_has);
}

int main(void)
{
    return skel_suite_run("isa", fill);
}
