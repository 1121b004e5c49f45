/* The site file: its values, and what is said of wrong ones. */
#include "suite.h"

#include "scratch.h"

#include "skel/site.h"

#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

START_TEST(every_key_is_read_and_the_example_is_a_site_file)
{
    skel_site site;

    ck_assert_int_eq(setenv("SKEL_SITE", SKEL_TEST_SOURCE_DIR "/../slurm/site.yaml", 1), 0);
    ck_assert_int_eq(setenv("SCRATCH", "/fast/x", 1), 0);
    ck_assert_ok(skel_site_read(&site));
    ck_assert_str_eq(site.partition, "main");
    ck_assert_str_eq(site.account, "project-42");
    ck_assert_str_eq(site.qos, "normal");
    ck_assert_uint_eq(site.modules, 2);
    ck_assert_str_eq(site.module[0], "gcc/12");
    ck_assert_str_eq(site.module[1], "openmpi/4.1");
    ck_assert_str_eq(site.launcher, "srun");
    ck_assert_str_eq(site.mpi, "pmix");
    ck_assert_str_eq(site.scratch, "/fast/x");
    ck_assert_str_eq(site.scripts, "");
    ck_assert_uint_eq(site.options, 1);
    ck_assert_str_eq(site.option[0], "--exclusive");
}
END_TEST

START_TEST(without_a_file_srun_starts_ranks_by_pmix)
{
    skel_site site;

    skel_scratch_make();
    ck_assert_int_eq(unsetenv("SKEL_SITE"), 0);
    ck_assert_int_eq(setenv("XDG_CONFIG_HOME", skel_scratch_folder(), 1), 0);
    ck_assert_ok(skel_site_read(&site));
    ck_assert_str_eq(site.file, "");
    ck_assert_str_eq(site.launcher, "srun");
    ck_assert_str_eq(site.mpi, "pmix");
    ck_assert_uint_eq(site.modules + site.options, 0);
    skel_scratch_remove();
}
END_TEST

START_TEST(a_file_that_is_named_must_be_there)
{
    skel_site site;

    ck_assert_int_eq(setenv("SKEL_SITE", "/no/such/site.yaml", 1), 0);
    ck_assert_int_eq(skel_site_read(&site), SKEL_ERR_IO);
    ck_assert_str_eq(skel_error_message(),
                     "$SKEL_SITE: /no/such/site.yaml: open: No such file or directory");
}
END_TEST

START_TEST(a_wrong_line_is_named_with_its_place)
{
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"account: a\npartitoin: main\n",
         "site.yaml:2:1: unknown key \"partitoin\"; did you mean partition?"},
        {"module: [a]\n", "site.yaml:1:1: unknown key \"module\"; did you mean modules?"},
        {"hours: 3\n", "site.yaml:1:1: unknown key \"hours\"; expected one of partition, account, "
                       "qos, modules, launcher, mpi, scratch, scripts, options"},
        {"launcher: aprun\n", "site.yaml:1:11: launcher: expected srun or mpirun; found \"aprun\""},
        {"qos: [a]\n",
         "site.yaml:1:6: qos: expected the name of a quality of service; found a list"},
        {"modules: gcc\n", "site.yaml:1:10: modules: expected a list of at most 16 names of "
                           "environment modules; found \"gcc\""},
        {"qos: a\nqos: b\n", "site.yaml:2:1: repeated key \"qos\" (first in line 1)"},
        {"scratch: /fast/$SKEL_NOT_SET/x\n",
         "site.yaml:1:10: scratch: \"/fast/$SKEL_NOT_SET/x\" names a variable that is not set"},
        {"scratch: $(date)\n",
         "site.yaml:1:10: scratch: expected a folder that all nodes see; found \"$(date)\""},
        {"[a]\n", "site.yaml:1:1: expected a mapping of keys; found a list"},
        {"a: b: c\n",
         "site.yaml:1:5: not valid YAML: mapping values are not allowed in this context"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        skel_site site = {.modules = 0};
        skel_status status =
            skel_site_parse("site.yaml", strlen(cases[i].text), cases[i].text, &site);

        ck_assert_int_eq(status, SKEL_ERR_CONFIG);
        ck_assert_str_eq(skel_error_message(), cases[i].message);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_key_is_read_and_the_example_is_a_site_file);
    tcase_add_test(tcase, without_a_file_srun_starts_ranks_by_pmix);
    tcase_add_test(tcase, a_file_that_is_named_must_be_there);
    tcase_add_test(tcase, a_wrong_line_is_named_with_its_place);
}

int main(void)
{
    return skel_suite_run("site", fill);
}
