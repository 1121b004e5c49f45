/* ~, the value that stands for none, given to each key of the table. */
#include "suite.h"

#include "job/key.h"
#include "job/value.h"

#include <stdio.h>
#include <string.h>

static skel_status read_nothing(const skel_key *key, const char *word, skel_job *job)
{
    char text[SKEL_JOB_TEXT];
    skel_node node = {.text = text};
    skel_tree tree = {.label = "job.yaml", .nodes = 1, .node = &node};

    (void)snprintf(text, sizeof text, "%s", word);
    return skel_value_read(key, &tree, 0, job);
}

/* Fills a job with what no default is. */
static skel_job other_job(void)
{
    skel_job job;

    memset(&job, 1, sizeof job);
    return job;
}

static bool are_equal(const skel_key *key, const skel_job *a, const skel_job *b)
{
    return memcmp((const char *)a + key->offset, (const char *)b + key->offset, key->size) == 0;
}

START_TEST(nothing_is_the_default_of_each_key_that_may_have_no_value)
{
    static const char *const words[] = {"~", "null", ""};
    size_t found = 0;

    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];

        for (size_t w = 0; w < 3 && key->nullable; w++) {
            skel_job job = other_job();

            ck_assert_ok(read_nothing(key, words[w], &job));
            ck_assert_msg(are_equal(key, &job, skel_value_default_job()), "%s", key->path);
            found++;
        }
    }
    ck_assert_uint_gt(found, 0);
}
END_TEST

/* A default that is no value, or an empty list, can be said. */
START_TEST(a_key_whose_default_is_nothing_may_have_no_value)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        bool is_nothing =
            !key->required && (strcmp(key->fallback, "~") == 0 || strcmp(key->fallback, "[]") == 0);

        ck_assert_msg(key->nullable == (is_nothing || key->instead != NULL), "%s", key->path);
    }
}
END_TEST

START_TEST(a_key_that_always_has_a_value_says_so_and_names_its_default)
{
    for (size_t i = 0; i < SKEL_KEY_COUNT; i++) {
        const skel_key *key = &skel_keys[i];
        skel_job job = other_job();
        char words[256];

        if (key->nullable) {
            continue;
        }
        ck_assert_int_eq(read_nothing(key, "~", &job), SKEL_ERR_CONFIG);
        (void)snprintf(words, sizeof words,
                       "; found nothing, which is no value of this key; leave the key out for its "
                       "default, %s",
                       key->fallback);
        ck_assert_msg(strstr(skel_error_message(), words) != NULL, "%s", skel_error_message());
        ck_assert_ptr_nonnull(strstr(skel_error_message(), key->path));
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, nothing_is_the_default_of_each_key_that_may_have_no_value);
    tcase_add_test(tcase, a_key_whose_default_is_nothing_may_have_no_value);
    tcase_add_test(tcase, a_key_that_always_has_a_value_says_so_and_names_its_default);
}

int main(void)
{
    return skel_suite_run("job_nothing", fill);
}
