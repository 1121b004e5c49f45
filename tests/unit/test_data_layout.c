/* Names of the datasets of a data set, which files of users rely on. */
#include "suite.h"

#include "skel/data_layout.h"

#include <stdio.h>

START_TEST(every_dataset_has_its_path)
{
    static const char *const halves[SKEL_DATA_LAYOUT_HALVES] = {"train", "test", "validation"};
    static const char *const parts[] = {"images",  "labels",  "bytes",
                                        "offsets", "heights", "widths"};
    char expected[64];
    char found[SKEL_DATA_LAYOUT_PATH];

    for (size_t h = 0; h < SKEL_DATA_LAYOUT_HALVES; h++) {
        ck_assert_str_eq(skel_data_layout_half_word((skel_data_layout_half)h), halves[h]);
        for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
            (void)snprintf(expected, sizeof expected, "/%s/%s", halves[h], parts[p]);
            skel_data_layout_path((skel_data_layout_half)h, (skel_data_layout_part)p, found);
            ck_assert_str_eq(found, expected);
        }
    }
}
END_TEST

START_TEST(a_format_is_found_by_its_word_alone)
{
    static const char *const words[SKEL_DATA_LAYOUT_FORMATS] = {"jpeg", "pixels"};
    skel_data_layout_format format = SKEL_DATA_LAYOUT_FORMATS;

    ck_assert(!skel_data_layout_find_format("JPEG", &format));
    ck_assert(!skel_data_layout_find_format("", &format));
    ck_assert_int_eq(format, SKEL_DATA_LAYOUT_FORMATS);
    for (size_t f = 0; f < SKEL_DATA_LAYOUT_FORMATS; f++) {
        ck_assert_str_eq(skel_data_layout_format_word((skel_data_layout_format)f), words[f]);
        ck_assert(skel_data_layout_find_format(words[f], &format));
        ck_assert_uint_eq((size_t)format, f);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_dataset_has_its_path);
    tcase_add_test(tcase, a_format_is_found_by_its_word_alone);
}

int main(void)
{
    return skel_suite_run("data_layout", fill);
}
