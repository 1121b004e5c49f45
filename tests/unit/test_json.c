/* JSON that is written and read. */
#include "suite.h"

#include "skel/json.h"
#include "skel/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Reads a text that must be an object. */
static skel_json *parse(const char *text)
{
    skel_json *json = NULL;

    ck_assert_ok(skel_json_parse("test", strlen(text), text, &json));
    return json;
}

START_TEST(values_are_written_in_their_order)
{
    skel_json *json = NULL;
    char *text = NULL;

    ck_assert_ok(skel_json_create(&json));
    skel_json_add_text(json, "event", "a \"quoted\"\nline\x01");
    skel_json_open(json, "swept");
    skel_json_add_number(json, "prune.sparsity", 0.9);
    skel_json_close(json);
    skel_json_open_list(json, "runs");
    skel_json_add_count(json, NULL, UINT64_MAX);
    skel_json_add_null(json, NULL);
    skel_json_close(json);
    skel_json_add_number(json, "end", -2);
    ck_assert_ok(skel_json_print(json, &text));
    ck_assert_str_eq(text, "{\"event\":\"a \\\"quoted\\\"\\nline\\u0001\","
                           "\"swept\":{\"prune.sparsity\":0.9},"
                           "\"runs\":[18446744073709551615,null],\"end\":-2}");
    SKEL_FREE(&text);
    skel_json_destroy(&json);
    skel_json_destroy(&json);
}
END_TEST

START_TEST(a_double_is_read_again_and_what_is_not_finite_is_null)
{
    static const double numbers[] = {1.0 / 3, DBL_MIN, DBL_MAX, -0.1, 9007199254740991.0, 1e-300};
    const size_t count = sizeof numbers / sizeof *numbers;

    for (size_t i = 0; i < count + 2; i++) {
        double number = i < count ? numbers[i] : i == count ? (double)NAN : (double)INFINITY;
        skel_json *json = NULL;
        char *text = NULL;

        ck_assert_ok(skel_json_create(&json));
        skel_json_add_number(json, "x", number);
        ck_assert_ok(skel_json_print(json, &text));
        skel_json_destroy(&json);
        json = parse(text);
        ck_assert(i < count ? skel_json_number(json, "x") == number
                            : strcmp(text, "{\"x\":null}") == 0);
        skel_json_destroy(&json);
        SKEL_FREE(&text);
    }
}
END_TEST

START_TEST(bytes_that_are_no_text_become_question_marks)
{
    static const struct {
        const char *in;
        const char *out;
    } rows[] = {
        {"Gr\xC3\xB6\xC3\x9F"
         "e \xE2\x82\xAC \xF0\x9F\x98\x80",
         NULL}, /* two, three, four bytes */
        {"Gr\xF6\xDF"
         "e",
         "Gr??e"},          /* Latin-1 */
        {"\xC0\xAF", "??"}, /* too long a form of / */
        {"\xE0\x80\xAF", "???"},
        {"\xED\xA0\x80", "???"}, /* half of a pair */
        {"\xF4\x90\x80\x80", "????"},
        {"cut \xE2\x82", "cut ??"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        skel_json *json = NULL;
        char *text = NULL;

        ck_assert_ok(skel_json_create(&json));
        skel_json_add_text(json, "x", rows[i].in);
        ck_assert_ok(skel_json_print(json, &text));
        skel_json_destroy(&json);
        json = parse(text);
        ck_assert_str_eq(skel_json_text(json, "x"), rows[i].out != NULL ? rows[i].out : rows[i].in);
        skel_json_destroy(&json);
        SKEL_FREE(&text);
    }
}
END_TEST

START_TEST(a_text_that_is_no_object_is_damaged)
{
    static const char *const texts[] = {"",        "{",          "[1]",         "7",
                                        "{\"a\":", "{\"a\":1}x", "{\"a\":1}{}", "no json"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        skel_json *json = NULL;

        ck_assert_int_eq(skel_json_parse("a.jsonl", strlen(texts[i]), texts[i], &json),
                         SKEL_ERR_DATA);
        ck_assert_ptr_null(json);
        ck_assert_ptr_nonnull(strstr(skel_error_message(), "a.jsonl: "));
    }
}
END_TEST

START_TEST(what_is_missing_or_of_another_kind_reads_as_nothing)
{
    char pairs[24];
    skel_json *json =
        parse(" {\"text\":\"t\",\"number\":3,\"o\":{\"a\":1,\"b\":\"x\",\"c\":{}}}\n");

    ck_assert_str_eq(skel_json_text(json, "text"), "t");
    ck_assert_str_eq(skel_json_text(json, "number"), "");
    ck_assert_str_eq(skel_json_text(json, "none"), "");
    ck_assert(skel_json_number(json, "number") == 3);
    ck_assert(isnan(skel_json_number(json, "text")));
    ck_assert(isnan(skel_json_number(json, "none")));
    skel_json_pairs(json, "o", sizeof pairs, pairs);
    ck_assert_str_eq(pairs, "a=1, b=x");
    skel_json_pairs(json, "o", 7, pairs);
    ck_assert_str_eq(pairs, "a=1...");
    skel_json_pairs(json, "text", sizeof pairs, pairs);
    ck_assert_str_eq(pairs, "");
    skel_json_destroy(&json);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, values_are_written_in_their_order);
    tcase_add_test(tcase, a_double_is_read_again_and_what_is_not_finite_is_null);
    tcase_add_test(tcase, bytes_that_are_no_text_become_question_marks);
    tcase_add_test(tcase, a_text_that_is_no_object_is_damaged);
    tcase_add_test(tcase, what_is_missing_or_of_another_kind_reads_as_nothing);
}

int main(void)
{
    return skel_suite_run("json", fill);
}
