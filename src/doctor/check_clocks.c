/* Clocks: of the hosts, compared with the root's. */
#include "checks.h"

#include <math.h>
#include <time.h>

enum { ROUNDS = 5 };

static const double most = 2; /* seconds */

static double now(void)
{
    struct timespec time = {0};

    (void)clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* How far this rank's clock is ahead of the root's: the smallest difference of some rounds, since
 * messages only add to it. */
static double ahead(const skel_comm *comm)
{
    double least = HUGE_VAL;

    for (int round = 0; round < ROUNDS; round++) {
        double own = 0;
        double difference = 0;

        skel_comm_barrier(comm);
        own = now();
        difference = own - skel_comm_roots(comm, own);
        least = fabs(difference) < fabs(least) ? difference : least;
    }
    return least;
}

void skel_check_clocks(skel_patient *patient, skel_finding *finding)
{
    double difference = ahead(patient->comm);
    double largest[1] = {fabs(difference)};

    skel_comm_max_f64(patient->comm, 1, largest);
    if (fabs(difference) > most) {
        skel_finding_warn(finding,
                          "results do not depend on clocks, and decisions are the root's; but ages "
                          "in skel status, and dates in files, are wrong by this: let NTP set the "
                          "clocks",
                          "the clock is %.1f s %s rank 0's", fabs(difference),
                          difference > 0 ? "ahead of" : "behind");
    } else if (patient->host_count == 1) {
        skel_finding_ok(finding, "one host, one clock");
    } else {
        skel_finding_ok(finding, "at most %.3f s apart", largest[0]);
    }
}
