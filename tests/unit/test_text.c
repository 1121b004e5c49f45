/* Words of lists. */
#include "suite.h"

#include "skel/random.h"
#include "skel/text.h"
#include "skel/texts.h"

#include <ctype.h>
#include <string.h>

static const char *const words[] = {"dense", "sparse", "reference"};

START_TEST(an_ending_has_something_before_it)
{
    ck_assert(skel_text_ends_in("a.h5", ".h5"));
    ck_assert(skel_text_ends_in("a.h5.h5", ".h5"));
    ck_assert(!skel_text_ends_in(".h5", ".h5"));
    ck_assert(!skel_text_ends_in("5", ".h5"));
    ck_assert(!skel_text_ends_in("", ".h5"));
    ck_assert(!skel_text_ends_in("a.h5x", ".h5"));
    ck_assert(!skel_text_ends_in("a.H5", ".h5"));
}
END_TEST

START_TEST(a_sorted_list_has_every_text_once_and_can_grow)
{
    static const char *const given[] = {"b", "a", "b", "c", "a", "b"};
    skel_texts texts = {0};
    char joined[32];

    skel_texts_sort(&texts);
    ck_assert_uint_eq(texts.count, 0);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        ck_assert_ok(skel_texts_add(&texts, "%s", given[i]));
    }
    skel_texts_sort(&texts);
    ck_assert_ok(skel_texts_add(&texts, "d"));
    ck_assert_ok(skel_texts_add(&texts, "e"));
    skel_texts_join(&texts, ", ", sizeof joined, joined);
    ck_assert_str_eq(joined, "a, b, c, d, e");
    skel_texts_clear(&texts);
}
END_TEST

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

enum { LETTERS = 15, LIST = 5, LISTS = 4000 };

static bool same(char a, char b)
{
    return tolower(a) == tolower(b);
}

/* Optimal string alignment distance of the first `rows` and `columns` letters, by its definition.
 */
static size_t defined_distance(const char *a, size_t rows, const char *b, size_t columns,
                               size_t known[LETTERS + 1][LETTERS + 1])
{
    size_t *cost = &known[rows][columns];
    size_t other = 0;

    if (rows == 0 || columns == 0) {
        return rows + columns;
    }
    if (*cost > 0) {
        return *cost - 1;
    }
    *cost =
        defined_distance(a, rows - 1, b, columns - 1, known) + !same(a[rows - 1], b[columns - 1]);
    other = defined_distance(a, rows - 1, b, columns, known) + 1;
    *cost = other < *cost ? other : *cost;
    other = defined_distance(a, rows, b, columns - 1, known) + 1;
    *cost = other < *cost ? other : *cost;
    if (rows > 1 && columns > 1 && same(a[rows - 1], b[columns - 2]) &&
        same(a[rows - 2], b[columns - 1])) {
        other = defined_distance(a, rows - 2, b, columns - 2, known) + 1;
        *cost = other < *cost ? other : *cost;
    }
    return (*cost)++; /* 0 is "not known" */
}

static void random_word(skel_stream *stream, char word[LETTERS + 1])
{
    uint32_t length = skel_stream_below(stream, LETTERS + 1);

    memset(word, 0, LETTERS + 1);
    for (uint32_t i = 0; i < length; i++) {
        word[i] = "abcABC"[skel_stream_below(stream, 6)];
    }
}

START_TEST(the_nearest_word_is_the_first_of_the_least_distance_within_a_third)
{
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 0, 0);
    size_t near = 0;

    for (size_t i = 0; i < LISTS; i++) {
        char word[LETTERS + 1];
        char text[LIST][LETTERS + 1];
        const char *list[LIST];
        const char *expected = NULL;
        size_t best = 0;

        random_word(&stream, word);
        best = strlen(word) / 3 > 1 ? strlen(word) / 3 + 1 : 2;
        for (size_t k = 0; k < LIST; k++) {
            size_t known[LETTERS + 1][LETTERS + 1] = {{0}};
            size_t found = 0;

            random_word(&stream, text[k]);
            list[k] = text[k];
            found = defined_distance(word, strlen(word), text[k], strlen(text[k]), known);
            if (found < best) {
                expected = list[k];
                best = found;
            }
        }
        ck_assert_ptr_eq(skel_text_nearest(word, LIST, list), expected);
        near += expected != NULL;
    }
    /* both answers have been seen */
    ck_assert_uint_gt(near, LISTS / 20);
    ck_assert_uint_lt(near, LISTS / 2);
}
END_TEST

START_TEST(a_number_has_the_digits_that_tell_it_from_its_neighbours)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.9, "0.9"},
        {0.1 + 0.2, "0.30000000000000004"},
        {0.9999999999999999, "0.9999999999999999"},
        {1, "1"},
        {1e-300, "1e-300"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SKEL_TEXT_REAL];

        skel_text_real(cases[i].value, text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_number_has_the_digits_that_tell_it_from_its_neighbours);
    tcase_add_test(tcase, an_ending_has_something_before_it);
    tcase_add_test(tcase, a_sorted_list_has_every_text_once_and_can_grow);
    tcase_add_test(tcase, a_list_is_written_with_commas);
    tcase_add_test(tcase, every_word_of_a_list_is_found_at_its_place);
    tcase_add_test(tcase, a_word_that_is_not_on_the_list_is_refused_with_the_nearest_or_all);
    tcase_add_test(tcase, the_nearest_word_is_the_first_of_the_least_distance_within_a_third);
}

int main(void)
{
    return skel_suite_run("text", fill);
}
