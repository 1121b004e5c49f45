/* Characters of UTF-8, in good texts and in broken ones. */
#include "suite.h"

#include "skel/utf8.h"

/* One, two, three and four bytes. */
static const char mixed[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";

START_TEST(a_character_has_one_to_four_bytes)
{
    static const struct {
        const char *text;
        size_t bytes;
    } cases[] = {
        {"a", 1},
        {"\x7F", 1},
        {"\xC3\xA9", 2},
        {"\xE2\x82\xAC", 3},
        {"\xED\x9F\xBF", 3}, /* the last one before the pairs */
        {"\xF0\x9F\x98\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4}, /* the last one of all */
        {"", 0},
        {"\x80", 0},             /* continues nothing */
        {"\xC3", 0},             /* ends early */
        {"\xC3z", 0},            /* is not continued */
        {"\xE2\x82", 0},         /* ends early */
        {"\xC0\x80", 0},         /* too long a form */
        {"\xC1\xBF", 0},         /* too long a form */
        {"\xE0\x9F\xBF", 0},     /* too long a form */
        {"\xF0\x8F\xBF\xBF", 0}, /* too long a form */
        {"\xED\xA0\x80", 0},     /* half of a pair */
        {"\xF4\x90\x80\x80", 0}, /* beyond the last */
        {"\xF5\x80\x80\x80", 0}, /* beyond the last */
        {"\xFF", 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_msg(skel_utf8_bytes(cases[i].text) == cases[i].bytes, "case %zu", i);
        ck_assert_msg(skel_utf8_is(cases[i].text) == (cases[i].bytes > 0 || i == 7), "case %zu", i);
    }
    ck_assert(skel_utf8_is(mixed));
    ck_assert(!skel_utf8_is("good\xFF"));
}
END_TEST

START_TEST(characters_are_counted_and_never_cut)
{
    static const size_t cut[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11, 11};
    static const size_t first[] = {0, 1, 3, 6, 10, 11, 11};

    ck_assert_uint_eq(skel_utf8_count(mixed), 5);
    ck_assert_uint_eq(skel_utf8_count(""), 0);
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        ck_assert_uint_eq(skel_utf8_cut(mixed, i), cut[i]);
    }
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        ck_assert_uint_eq(skel_utf8_first(mixed, i), first[i]);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_character_has_one_to_four_bytes);
    tcase_add_test(tcase, characters_are_counted_and_never_cut);
}

int main(void)
{
    return skel_suite_run("utf8", fill);
}
