/* What a launcher's environment says: mpirun's and PMI's ranks, and srun's tasks. */
#include "skel/launch.h"

#include "skel/log.h"

#include <mpi.h>
#include <stdlib.h>
#include <string.h>

/* This process's rank as mpirun or PMI says it; NULL without them. */
static const char *rank_text(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (getenv(names[i]) != NULL) {
            return getenv(names[i]);
        }
    }
    return NULL;
}

/* Processes that srun has started with this one; NULL if it has not started this one. mpirun starts
 * its own helpers by srun, and their children inherit the variable. */
static const char *srun_tasks(void)
{
    return getenv("OMPI_COMM_WORLD_RANK") == NULL ? getenv("SLURM_STEP_NUM_TASKS") : NULL;
}

bool skel_launch_has_ranks(void)
{
    return rank_text() != NULL;
}

bool skel_launch_is_first(void)
{
    const char *rank = rank_text();

    if (rank == NULL && srun_tasks() != NULL) {
        rank = getenv("SLURM_PROCID");
    }
    return rank == NULL || strcmp(rank, "0") == 0;
}

/* A number in the environment; 0 without it. */
static long number_of(const char *name)
{
    const char *text = getenv(name);

    return text != NULL ? strtol(text, NULL, 10) : 0;
}

/* One rank where its starter has started several processes, or where several were asked for. */
static skel_status check_lonely(void)
{
    long processes = number_of("PMI_SIZE");
    long tasks = number_of("SLURM_NTASKS");

    if (getenv("OMPI_COMM_WORLD_RANK") != NULL) {
        return SKEL_OK; /* mpirun -n 1 */
    }
    if (processes > 1) {
        return SKEL_FAIL(
            SKEL_ERR_MISSING,
            "%ld processes were started, each of which is a rank alone: use the mpirun "
            "of the MPI that skel is built with (`skel --version` names it)",
            processes);
    }
    if (tasks > 1 && srun_tasks() == NULL) {
        SKEL_WARN("this Slurm job has %ld tasks, but skel was started as one rank: use srun "
                  "--mpi=pmix skel, or mpirun skel",
                  tasks);
    }
    return SKEL_OK;
}

skel_status skel_launch_check(int size)
{
    const char *tasks = srun_tasks();
    bool alone = tasks != NULL && size == 1 && strcmp(tasks, "1") != 0;

#ifdef OPEN_MPI
    /* Its MPI_Init ends the process with words of its own if srun gives it nothing. */
    alone = alone || (tasks != NULL && size == 0 && rank_text() == NULL);
    if (tasks != NULL && size == 0 && !alone && getenv("PMIX_RANK") == NULL) {
        SKEL_WARN("srun gives PMI-2 in place of PMIx; if MPI does not start now, use "
                  "srun --mpi=pmix, or mpirun in place of srun");
    }
#endif
    if (!alone) {
        return size == 1 ? check_lonely() : SKEL_OK;
    }
    return SKEL_FAIL(
        SKEL_ERR_MISSING,
        "srun has started %s process%s without PMIx, by which MPI finds its ranks: use "
        "srun --mpi=pmix (`srun --mpi=list` shows whether this Slurm has it), or "
        "mpirun in place of srun",
        tasks, strcmp(tasks, "1") == 0 ? "" : "es");
}
