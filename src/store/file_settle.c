/* The end of the program if HDF5 fails on one rank while others may wait for it inside HDF5. */
#include "file_internal.h"

#include "skel/log.h"
#include "skel/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double patience = 2.0; /* seconds that a failed rank waits for the others */

/* What the system says to a write at the end of the file, "" if it lets us: MPI-IO keeps the reason
 * of its failures to itself. */
static const char *ask_system(const skel_file *file)
{
    static const char zeros[1 << 16];
    int descriptor = open(file->part, O_WRONLY | O_APPEND | O_CLOEXEC);
    int error = descriptor < 0 ? errno : 0;

    for (int i = 0; i < 16 && error == 0; i++) {
        ssize_t written = write(descriptor, zeros, sizeof zeros);

        error = written < 0 ? errno : 0;
    }
    if (error == 0 && fsync(descriptor) != 0) {
        error = errno;
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return error != 0 ? strerror(error) : "";
}

/* Removes the temporary file, says why, ends every rank. */
static void __attribute__((noreturn)) end_all_ranks(const skel_file *file)
{
    const char *reason = ask_system(file);

    (void)unlink(file->part);
    skel_log_clear_line();
    (void)fprintf(stderr, "skel: error: %s%s%s\n", skel_error_message(),
                  reason[0] != '\0' ? ": " : "", reason);
    (void)fflush(NULL);
    (void)MPI_Abort(MPI_COMM_WORLD, skel_status_exit_code(SKEL_ERR_IO));
    abort();
}

/* The lowest rank that failed, or the number of ranks. A rank that failed does not return if the
 * others do not come: one that waits inside HDF5 never will. */
static int lowest_failed(const skel_file *file, skel_status local)
{
    MPI_Comm comm = *(const MPI_Comm *)skel_comm_mpi(file->comm);
    MPI_Request request = MPI_REQUEST_NULL;
    int mine = local != SKEL_OK ? skel_comm_rank(file->comm) : skel_comm_size(file->comm);
    int lowest = mine;
    int arrived = 0;
    double deadline = skel_seconds() + patience;

    (void)MPI_Iallreduce(&mine, &lowest, 1, MPI_INT, MPI_MIN, comm, &request);
    while (local != SKEL_OK && !arrived) {
        (void)MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
        if (!arrived && skel_seconds() > deadline) {
            /* It does not return, so nobody has to wait for the request. */
            end_all_ranks(file); /* NOLINT(clang-analyzer-optin.mpi.MPI-Checker) */
        }
        (void)usleep(1000);
    }
    (void)MPI_Wait(&request, MPI_STATUS_IGNORE);
    return lowest;
}

skel_status skel_file_settle(skel_file *file, skel_status local)
{
    int lowest = 0;

    if (skel_comm_mpi(file->comm) == NULL) {
        return local;
    }
    lowest = lowest_failed(file, local);
    if (lowest == skel_comm_size(file->comm)) {
        return SKEL_OK;
    }
    if (lowest != skel_comm_rank(file->comm)) {
        (void)sleep((unsigned)patience); /* the lowest speaks, and ends this rank meanwhile */
    }
    end_all_ranks(file);
}
