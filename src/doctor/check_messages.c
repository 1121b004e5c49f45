/* Latency and bandwidth between the root and the last rank of each host. */
#include "checks.h"

#include "skel/memory.h"

#include <string.h>

enum { PING = 8, PINGS = 200, PONG = 1 << 22, PONGS = 4 };

static const double slow = 500e-6;  /* seconds: a network of the last century, or a shared core */
static const double narrow = 100e6; /* bytes a second */

/* The slowest of all measured. */
typedef struct times {
    double latency;
    double bandwidth;
    int to; /* rank of the narrowest */
    int measured;
} times;

static bool is_last_of_host(const skel_patient *patient, int rank)
{
    for (int i = rank + 1; i < skel_comm_size(patient->comm); i++) {
        if (strcmp(patient->hosts[i], patient->hosts[rank]) == 0) {
            return false;
        }
    }
    return true;
}

static void measure(const skel_patient *patient, char *block, times *worst)
{
    for (int rank = 1; rank < skel_comm_size(patient->comm); rank++) {
        double latency = 0;
        double bandwidth = 0;

        if (!is_last_of_host(patient, rank)) {
            continue;
        }
        (void)skel_comm_message_seconds(patient->comm, rank, PING, block, PINGS);
        latency = skel_comm_message_seconds(patient->comm, rank, PING, block, PINGS);
        (void)skel_comm_message_seconds(patient->comm, rank, PONG, block, 1);
        bandwidth = PONG / skel_comm_message_seconds(patient->comm, rank, PONG, block, PONGS);
        worst->latency = latency > worst->latency ? latency : worst->latency;
        if (worst->measured++ == 0 || bandwidth < worst->bandwidth) {
            worst->bandwidth = bandwidth;
            worst->to = rank;
        }
    }
}

void skel_check_messages(skel_patient *patient, skel_finding *finding)
{
    char *block = NULL;
    times worst = {.to = 0};
    skel_status status = skel_comm_agree(patient->comm, SKEL_ALLOC(PONG, 1, &block));
    const char *host = NULL;

    if (status != SKEL_OK || skel_comm_size(patient->comm) == 1) {
        skel_finding_skip(finding, "%s",
                          status != SKEL_OK ? skel_error_message() : "one rank alone");
        SKEL_FREE(&block);
        return;
    }
    measure(patient, block, &worst);
    SKEL_FREE(&block);
    host = patient->hosts[worst.to];
    if (worst.latency > slow || worst.bandwidth < narrow) {
        skel_finding_warn(
            finding,
            "each step waits for several messages: look whether the ranks share cores, "
            "and whether MPI uses the fast network (ompi_info, OMPI_MCA_pml, "
            "OMPI_MCA_btl); `skel bench scale` predicts what it costs",
            "latency up to %.1f us, %.2f GB/s from rank 0 to rank %d on %s", 1e6 * worst.latency,
            1e-9 * worst.bandwidth, worst.to, host);
    } else {
        skel_finding_ok(finding,
                        "latency up to %.1f us, at least %.2f GB/s (rank 0 to rank %d on %s)",
                        1e6 * worst.latency, 1e-9 * worst.bandwidth, worst.to, host);
    }
}
