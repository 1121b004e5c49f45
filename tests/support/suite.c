/* Test programs' main, leak check and verdict. */
#include "suite.h"

#include "skel/memory.h"

#include <stdio.h>
#include <stdlib.h>

static skel_comm *all_ranks;
static size_t blocks_before;

const skel_comm *skel_suite_comm(void)
{
    return all_ranks;
}

bool skel_suite_all(bool condition)
{
    double failed = condition ? 0.0 : 1.0;

    skel_comm_max_f64(all_ranks, 1, &failed);
    return failed == 0.0;
}

static void remember_blocks(void)
{
    blocks_before = skel_memory_blocks();
}

static void check_blocks(void)
{
    ck_assert_msg(skel_memory_blocks() == blocks_before, "%zu blocks were not freed",
                  skel_memory_blocks() - blocks_before);
}

static int run(const char *name, void (*fill)(TCase *tcase), enum fork_status fork, bool speaking)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner = NULL;
    int failed = 0;
    int ran = 0;

    tcase_add_checked_fixture(tcase, remember_blocks, check_blocks);
    fill(tcase);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    if (fork != CK_FORK_GETENV) {
        srunner_set_fork_status(runner, fork);
    }
    srunner_run_all(runner, speaking ? CK_NORMAL : CK_SILENT);
    failed = srunner_ntests_failed(runner);
    ran = srunner_ntests_run(runner);
    srunner_free(runner);
    return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int skel_suite_run(const char *name, void (*fill)(TCase *tcase))
{
    return run(name, fill, CK_FORK_GETENV, true);
}

int skel_suite_run_mpi(int argc, char **argv, const char *name, void (*fill)(TCase *tcase))
{
    int result = EXIT_FAILURE;

    if (skel_comm_start(&argc, &argv, &all_ranks) != SKEL_OK) {
        (void)fprintf(stderr, "%s\n", skel_error_message());
        return EXIT_FAILURE;
    }
    result = run(name, fill, CK_NOFORK, skel_comm_is_root(all_ranks));
    skel_comm_destroy(&all_ranks);
    skel_comm_stop();
    return result;
}
