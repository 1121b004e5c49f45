/* The job layer knows no other: its lists of names are held against theirs here. */
#include "suite.h"

#include "job/key.h"
#include "skel/dataset.h"
#include "skel/network.h"

#include <string.h>

static bool is_among(const char *name, size_t count, const char *const names[])
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The key's choices and the layer's names are the same set. */
static void check_names(const char *path, size_t count, const char *const names[])
{
    const skel_key *key = skel_key_find_path(path);
    size_t choices = 0;

    ck_assert_ptr_nonnull(key);
    for (; key->choices[choices] != NULL; choices++) {
        ck_assert_msg(is_among(key->choices[choices], count, names), "%s: nobody knows %s", path,
                      key->choices[choices]);
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(is_among(names[i], choices, key->choices), "%s: %s is missing", path,
                      names[i]);
    }
}

START_TEST(a_job_can_name_every_data_set)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);

    check_names("data.set", count, names);
}
END_TEST

START_TEST(a_job_can_name_every_network)
{
    size_t count = 0;
    const char *const *names = skel_model_names(&count);

    check_names("model.name", count, names);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_job_can_name_every_data_set);
    tcase_add_test(tcase, a_job_can_name_every_network);
}

int main(void)
{
    return skel_suite_run("job_names", fill);
}
