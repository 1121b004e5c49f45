/* Dividing the ranks where one of them has no memory: all are told, and no communicator is left. */
#include "suite.h"

#include "skel/division.h"

#include <dlfcn.h>
#include <errno.h>
#include <mpi.h>
#include <stdlib.h>

static size_t fails_at; /* the allocation that fails, from 1; 0: none */
static size_t allocations;
static int communicators; /* made and not freed */

/* Takes the place of the function that skel allocates by. */
void *aligned_alloc(size_t alignment, size_t bytes)
{
    void *(*next)(size_t, size_t) = NULL;

    if (++allocations == fails_at) {
        errno = ENOMEM;
        return NULL;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "aligned_alloc");
    return next(alignment, bytes);
}

/* MPI's functions have a second name, for those that take their place. */
int MPI_Comm_split(MPI_Comm all, int color, int key, MPI_Comm *out)
{
    communicators++;
    return PMPI_Comm_split(all, color, key, out);
}

int MPI_Comm_split_type(MPI_Comm all, int type, int key, MPI_Info info, MPI_Comm *out)
{
    communicators++;
    return PMPI_Comm_split_type(all, type, key, info, out);
}

int MPI_Comm_free(MPI_Comm *comm)
{
    communicators--;
    return PMPI_Comm_free(comm);
}

/* Divides the ranks into two groups, while one rank's allocation of that number fails. Whether all
 * ranks have come back with the same status, and have freed every communicator. */
static bool divide(int guilty, size_t at, bool *failed)
{
    const skel_comm *all = skel_suite_comm();
    size_t groups = skel_comm_size(all) < 2 ? 1 : 2;
    size_t number = 0;
    skel_comm *group = NULL;
    int before = communicators;
    skel_status status = SKEL_OK;

    allocations = 0;
    fails_at = skel_comm_rank(all) == guilty ? at : 0;
    status = skel_division_make(all, groups, &number, &group);
    fails_at = 0;
    skel_comm_destroy(&group);
    *failed = !skel_suite_all(status == SKEL_OK);
    return skel_suite_all(status == (*failed ? SKEL_ERR_MEMORY : SKEL_OK) &&
                          communicators == before);
}

START_TEST(a_rank_without_memory_leaves_no_communicator_behind)
{
    for (int guilty = 0; guilty < skel_comm_size(skel_suite_comm()); guilty++) {
        size_t at = 0;
        bool failed = true;

        while (failed) {
            ck_assert_msg(divide(guilty, ++at, &failed), "allocation %zu of rank %d", at, guilty);
        }
        ck_assert_uint_gt(at, 2); /* the group and its node */
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_rank_without_memory_leaves_no_communicator_behind);
}

int main(int argc, char **argv)
{
    return skel_suite_run_mpi(argc, argv, "division", fill);
}
