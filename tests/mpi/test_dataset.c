/* A data set is read once per node, and what is wrong with it reaches every rank. */
#include "fixture.h"
#include "suite.h"

#include <fcntl.h>
#include <string.h>

/* The root's temporary folder, under the same name on every rank. */
static void common_dir(char out[SKEL_PATH])
{
    memset(out, 0, SKEL_PATH);
    if (skel_comm_is_root(skel_suite_comm())) {
        skel_fixture_dir(out);
    }
    skel_comm_broadcast(skel_suite_comm(), SKEL_PATH, out);
}

static void drop_dir(const char *dir)
{
    skel_comm_barrier(skel_suite_comm());
    if (skel_comm_is_root(skel_suite_comm())) {
        skel_fixture_remove(dir);
    }
}

static bool is_fixture(const skel_catalog_entry *entry, const skel_samples *half, bool is_test)
{
    size_t pixels = entry->info.channels * entry->info.height * entry->info.width;
    bool same = true;

    for (size_t i = 0; i < half->count * pixels; i++) {
        same = same && half->images[i] == skel_fixture_pixel(is_test, i);
    }
    for (size_t i = 0; i < half->count; i++) {
        same = same && half->labels[i] == skel_fixture_label(entry, is_test, i);
    }
    return same && half->count == (is_test ? SKEL_FIXTURE_TEST : SKEL_FIXTURE_TRAIN);
}

START_TEST(every_rank_sees_the_samples_and_the_checksums)
{
    const skel_catalog_entry *entries[] = {skel_fixture_idx(), skel_fixture_records()};
    const skel_comm *comm = skel_suite_comm();
    char dir[SKEL_PATH];

    for (size_t e = 0; e < 2; e++) {
        skel_dataset *dataset = NULL;
        skel_status status = SKEL_OK;
        bool right = true;

        common_dir(dir);
        if (skel_comm_is_root(comm)) {
            skel_fixture_fill(entries[e], dir, false);
        }
        skel_comm_barrier(comm);
        status = skel_dataset_open_entry(comm, entries[e], dir, false, &dataset);
        ck_assert(skel_suite_all(status == SKEL_OK));
        ck_assert(skel_suite_all(is_fixture(entries[e], &dataset->train, false)));
        ck_assert(skel_suite_all(is_fixture(entries[e], &dataset->test, true)));
        for (size_t i = 0; i < entries[e]->files; i++) {
            uint8_t content[SKEL_FIXTURE_BYTES];
            char sum[SKEL_CHECKSUM_TEXT];

            skel_checksum_xxh3(skel_fixture_content(entries[e], i, content), content, sum);
            right = right && strcmp(sum, dataset->file[i].checksum) == 0;
            right = right && strcmp(entries[e]->file[i].name, dataset->file[i].name) == 0;
        }
        ck_assert(skel_suite_all(right));
        skel_dataset_close(&dataset);
        drop_dir(dir);
    }
}
END_TEST

START_TEST(the_ranks_of_a_node_share_one_copy)
{
    const skel_comm *comm = skel_suite_comm();
    skel_dataset *dataset = NULL;
    skel_status status = SKEL_OK;
    char dir[SKEL_PATH];

    common_dir(dir);
    if (skel_comm_is_root(comm)) {
        skel_fixture_fill(skel_fixture_idx(), dir, true);
    }
    skel_comm_barrier(comm);
    status = skel_dataset_open_entry(comm, skel_fixture_idx(), dir, false, &dataset);
    ck_assert(skel_suite_all(status == SKEL_OK));
    if (skel_shared_is_owner(dataset->shared)) {
        *(uint8_t *)skel_shared_data(dataset->shared) = 251;
    }
    skel_shared_publish(dataset->shared);
    ck_assert(skel_suite_all(dataset->train.images[0] == 251));
    skel_dataset_close(&dataset);
    drop_dir(dir);
}
END_TEST

START_TEST(what_the_owner_finds_wrong_all_ranks_report)
{
    const skel_comm *comm = skel_suite_comm();
    skel_dataset *dataset = NULL;
    skel_status status = SKEL_OK;
    char dir[SKEL_PATH];

    common_dir(dir);
    status = skel_dataset_open_entry(comm, skel_fixture_idx(), dir, false, &dataset);
    ck_assert(skel_suite_all(status == SKEL_ERR_IO && dataset == NULL));
    ck_assert(skel_suite_all(strstr(skel_error_message(), "fetches it") != NULL));
    if (skel_comm_is_root(comm)) {
        skel_fixture_fill(skel_fixture_idx(), dir, true);
        skel_fixture_write(dir, "test-labels.gz", 9, "\0\0\010\001\0\0\0\007\001", true);
    }
    skel_comm_barrier(comm);
    status = skel_dataset_open_entry(comm, skel_fixture_idx(), dir, false, &dataset);
    ck_assert(skel_suite_all(status == SKEL_ERR_DATA && dataset == NULL));
    ck_assert(skel_suite_all(strstr(skel_error_message(), "9 bytes, expected 15") != NULL));
    status =
        skel_dataset_open(comm, &(skel_dataset_source){.set = "cifar11", .dir = dir}, &dataset);
    ck_assert(skel_suite_all(status == SKEL_ERR_CONFIG && dataset == NULL));
    drop_dir(dir);
}
END_TEST

/* Descriptor 0 belongs to the caller, also when a data set cannot be opened. */
START_TEST(a_failure_leaves_standard_input_open)
{
    const skel_comm *comm = skel_suite_comm();
    skel_catalog_entry large = *skel_fixture_idx();
    skel_dataset *dataset = NULL;
    skel_status status = SKEL_OK;
    int before = fcntl(0, F_GETFD);

    ck_assert(skel_suite_all(before >= 0));
    large.info.train = (size_t)1 << 50; /* no memory is as large */
    status = skel_dataset_open_entry(comm, &large, "nowhere", false, &dataset);
    ck_assert(skel_suite_all(status == SKEL_ERR_MEMORY && dataset == NULL));
    ck_assert(skel_suite_all(fcntl(0, F_GETFD) == before));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_rank_sees_the_samples_and_the_checksums);
    tcase_add_test(tcase, the_ranks_of_a_node_share_one_copy);
    tcase_add_test(tcase, what_the_owner_finds_wrong_all_ranks_report);
    tcase_add_test(tcase, a_failure_leaves_standard_input_open);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "dataset", fill);
}
