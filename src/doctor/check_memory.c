/* Free memory: what each rank of the host can take. */
#include "checks.h"

#include "skel/host_memory.h"
#include "skel/text.h"

#include <sys/resource.h>

static const double least = 1 << 30; /* bytes a rank: training a small network takes less */

void skel_check_memory(skel_patient *patient, skel_finding *finding)
{
    const char *limit = NULL;
    double share = skel_host_memory_free(&limit) / patient->neighbours;
    struct rlimit space;
    char text[SKEL_TEXT_BYTES];

    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
        (double)space.rlim_cur < share) {
        share = (double)space.rlim_cur;
        limit = "ulimit -v allows";
    }
    skel_text_bytes(share, text);
    if (share < least) {
        skel_finding_warn(
            finding,
            "a run that needs more ends with status 70 or is killed: `skel plan "
            "JOB.yaml --ranks N` prints what its ranks take; start fewer ranks, ask for "
            "more memory, or lower compute.microbatch",
            "%s for each rank (%s)", text, limit);
    } else {
        skel_finding_ok(finding,
                        "%s for each rank (%s); `skel plan` prints what a job's ranks take", text,
                        limit);
    }
}
