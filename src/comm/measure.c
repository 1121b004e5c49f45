/* Times of messages. */
#include "skel/comm.h"

#include "skel/progress.h"

#include <mpi.h>

double skel_comm_message_seconds(const skel_comm *comm, int other, size_t bytes, void *block,
                                 int repeat)
{
    const MPI_Comm *all = skel_comm_mpi(comm);
    int rank = skel_comm_rank(comm);
    double started = 0;

    if (other == 0) {
        return 0;
    }
    skel_comm_barrier(comm);
    started = skel_seconds();
    for (int i = 0; i < repeat; i++) {
        if (rank == 0) {
            (void)MPI_Send(block, (int)bytes, MPI_BYTE, other, 0, *all);
            (void)MPI_Recv(block, (int)bytes, MPI_BYTE, other, 0, *all, MPI_STATUS_IGNORE);
        } else if (rank == other) {
            (void)MPI_Recv(block, (int)bytes, MPI_BYTE, 0, 0, *all, MPI_STATUS_IGNORE);
            (void)MPI_Send(block, (int)bytes, MPI_BYTE, 0, 0, *all);
        }
    }
    return skel_comm_roots(comm, (skel_seconds() - started) / (2.0 * repeat));
}
