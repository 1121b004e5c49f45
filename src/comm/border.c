/* Borders: one small reduction is on its way while the next microbatches are computed. */
#include "border.h"

#include "skel/stop.h"
#include "skel/watchdog.h"

#include <string.h>

void skel_border_open(const skel_comm *comm, size_t stride, size_t least, skel_border *out)
{
    const MPI_Comm *mpi = skel_comm_mpi(comm);

    *out = (skel_border){.comm = mpi != NULL && skel_comm_size(comm) > 1 ? *mpi : MPI_COMM_NULL,
                         .stride = skel_stop_is_counted() ? 1 : stride,
                         .end = least,
                         .request = MPI_REQUEST_NULL};
}

bool skel_border_is_at(const skel_border *border, size_t i)
{
    return i > 0 && i < border->end && i % border->stride == 0;
}

bool skel_border_follows(const skel_border *border, size_t i)
{
    return skel_border_is_at(border, i + border->stride);
}

/* Waits for the reduction that is on its way. A group without MPI has none. */
static void arrive(skel_border *border)
{
    if (border->request != MPI_REQUEST_NULL) {
        (void)MPI_Wait(&border->request, MPI_STATUS_IGNORE);
    }
}

const int *skel_border_pass(skel_border *border, const bool mine[])
{
    arrive(border);
    skel_watchdog_beat();
    memcpy(border->seen, border->all, sizeof border->seen);
    for (size_t i = 0; i < SKEL_BORDER_FLAGS; i++) {
        border->mine[i] = mine[i] ? 1 : 0;
    }
    if (border->comm == MPI_COMM_NULL) { /* nobody to wait for: the flags count at once */
        memcpy(border->all, border->mine, sizeof border->all);
        return border->all;
    }
    (void)MPI_Iallreduce(border->mine, border->all, SKEL_BORDER_FLAGS, MPI_INT, MPI_MAX,
                         border->comm, &border->request);
    return border->seen;
}

void skel_border_close(skel_border *border)
{
    arrive(border);
}
