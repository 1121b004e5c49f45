/* Ranks, hosts, the MPI library and the launcher. */
#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How this rank was started. Open MPI gives PMIX_RANK also to a program without a launcher. */
static const char *launcher(int ranks)
{
    bool srun = getenv("SLURM_STEP_NUM_TASKS") != NULL;

    if (getenv("OMPI_COMM_WORLD_RANK") != NULL) {
        return "started by mpirun";
    }
    if (srun && getenv("PMIX_RANK") != NULL) {
        return "started by srun with PMIx";
    }
    if (srun) {
        return "started by srun without PMIx";
    }
    return ranks > 1 ? "started with PMIx" : "started without a launcher";
}

void skel_check_ranks(skel_patient *patient, skel_finding *finding)
{
    int ranks = skel_comm_size(patient->comm);
    const char *tasks = getenv("SLURM_NTASKS");
    char library[SKEL_LIBRARIES];
    char text[256];

    skel_comm_libraries(library);
    (void)snprintf(text, sizeof text, "%d rank%s on %d host%s (%.60s%s), %.60s, %s", ranks,
                   ranks == 1 ? "" : "s", patient->host_count, patient->host_count == 1 ? "" : "s",
                   patient->hosts[0], patient->host_count > 1 ? ", ..." : "", library,
                   launcher(ranks));
    if (ranks == 1 && tasks != NULL && atoi(tasks) > 1) {
        skel_finding_warn(
            finding,
            "this checks one rank only: start it as `srun --mpi=pmix skel doctor`, or "
            "with mpirun",
            "%s, but the Slurm allocation has %s tasks", text, tasks);
    } else if (getenv("PMI_RANK") != NULL && getenv("PMIX_RANK") == NULL) {
        skel_finding_warn(finding,
                          "Open MPI needs PMIx from srun as a rule: use srun --mpi=pmix, or mpirun",
                          "%s", text);
    } else if (strncmp(library, "Open MPI", 8) != 0) {
        skel_finding_warn(
            finding,
            "skel is tested with Open MPI: look at the checks of sums and files below "
            "with care",
            "%s", text);
    } else {
        skel_finding_ok(finding, "%s", text);
    }
}
