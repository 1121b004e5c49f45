/* Words of lists. */
#include "suite.h"

#include "skel/text.h"

static const char *const words[] = {"dense", "sparse", "reference"};

START_TEST(a_list_is_written_with_commas)
{
    char list[25] = "before";

    skel_text_list(3, words, sizeof list, list); /* it fits exactly */
    ck_assert_str_eq(list, "dense, sparse, reference");
    skel_text_list(1, words, sizeof list, list);
    ck_assert_str_eq(list, "dense");
    skel_text_list(0, words, sizeof list, list);
    ck_assert_str_eq(list, "");
}
END_TEST

START_TEST(every_word_of_a_list_is_found_at_its_place)
{
    for (size_t i = 0; i < 3; i++) {
        size_t index = 3;

        ck_assert_ok(skel_text_find("engine", words[i], 3, words, &index));
        ck_assert_uint_eq(index, i);
    }
}
END_TEST

START_TEST(a_word_that_is_not_on_the_list_is_refused_with_the_nearest_or_all)
{
    size_t index = 7;

    ck_assert_int_eq(skel_text_find("engine", "spares", 3, words, &index), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(), "unknown engine 'spares'; did you mean 'sparse'?");
    ck_assert_int_eq(skel_text_find("engine", "gpu", 3, words, &index), SKEL_ERR_CONFIG);
    ck_assert_str_eq(skel_error_message(),
                     "unknown engine 'gpu'; there are dense, sparse, reference");
    ck_assert_uint_eq(index, 7);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_list_is_written_with_commas);
    tcase_add_test(tcase, every_word_of_a_list_is_found_at_its_place);
    tcase_add_test(tcase, a_word_that_is_not_on_the_list_is_refused_with_the_nearest_or_all);
}

int main(void)
{
    return skel_suite_run("text", fill);
}
