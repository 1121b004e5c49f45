/** The checks of `skel doctor`. Each says what it found on this rank. */
#ifndef SKEL_DOCTOR_CHECKS_H
#define SKEL_DOCTOR_CHECKS_H

#include "finding.h"

#include <limits.h>

enum {
    SKEL_PATIENT_HOST = 64,
    SKEL_PATIENT_PATH = PATH_MAX,
};

/** What the checks look at. Plain data. */
typedef struct skel_patient {
    const skel_comm *comm;
    skel_comm *self;                  /**< this rank alone, without MPI */
    const char *dir;                  /**< as the user gave it */
    char scratch[SKEL_PATIENT_PATH];  /**< folder for files of checks, in `dir` or in the
                                           nearest folder above that exists; "": not made */
    char (*hosts)[SKEL_PATIENT_HOST]; /**< [ranks] names, by rank */
    int host_count;                   /**< different ones */
    int neighbours;                   /**< ranks on this rank's host, itself included */
    int place;                        /**< of this rank among them, from 0 */
} skel_patient;

/** How a check looks at this rank and its machine: collective, with a finding for this rank. */
typedef void (*skel_check)(skel_patient *patient, skel_finding *finding);

/** All checks in their order: CHECK(function, words, whether it needs the scratch folder). */
#define SKEL_DOCTOR_CHECKS(CHECK)                                                                  \
    CHECK(ranks, "ranks", false)                                                                   \
    CHECK(binding, "cores", false)                                                                 \
    CHECK(processor, "instructions", false)                                                        \
    CHECK(onednn, "oneDNN", false)                                                                 \
    CHECK(memory, "memory", false)                                                                 \
    CHECK(shm, "/dev/shm", false)                                                                  \
    CHECK(limits, "limits", false)                                                                 \
    CHECK(sum, "exact sums", false)                                                                \
    CHECK(messages, "messages", false)                                                             \
    CHECK(clocks, "clocks", false)                                                                 \
    CHECK(folder, "folder", false)                                                                 \
    CHECK(write, "writing", true)                                                                  \
    CHECK(disk, "full disk", true)                                                                 \
    CHECK(locks, "locks", true)                                                                    \
    CHECK(rename, "fsync, rename", true)                                                           \
    CHECK(paths, "path lengths", true)                                                             \
    CHECK(data, "data sets", false)                                                                \
    CHECK(site, "site file", false)                                                                \
    CHECK(slurm, "Slurm", false)

/** Ranks, their hosts, and their launcher.
 *
 *  Collective.
 */
void skel_check_ranks(skel_patient *patient, skel_finding *finding);

/** Cores and threads of each rank, and whether neighbours share them.
 *
 *  Collective.
 */
void skel_check_binding(skel_patient *patient, skel_finding *finding);

/** The instruction set, which must be the same on all ranks.
 *
 *  Collective.
 */
void skel_check_processor(skel_patient *patient, skel_finding *finding);

/** The kernels that the dense engine uses, and whether any are plain loops.
 *
 *  Local.
 */
void skel_check_onednn(skel_patient *patient, skel_finding *finding);

/** Free memory of each rank.
 *
 *  Local.
 */
void skel_check_memory(skel_patient *patient, skel_finding *finding);

/** Room in /dev/shm.
 *
 *  Local.
 */
void skel_check_shm(skel_patient *patient, skel_finding *finding);

/** Limits of the process: open files, size of a file.
 *
 *  Local.
 */
void skel_check_limits(skel_patient *patient, skel_finding *finding);

/** Whether sums over the ranks have the same bits as on one rank.
 *
 *  Collective.
 */
void skel_check_sum(skel_patient *patient, skel_finding *finding);

/** Latency and bandwidth between the root and one rank of each host.
 *
 *  Collective.
 */
void skel_check_messages(skel_patient *patient, skel_finding *finding);

/** Differences between the clocks of the ranks.
 *
 *  Collective.
 */
void skel_check_clocks(skel_patient *patient, skel_finding *finding);

/** Whether all ranks see the folder and can write to it; makes `scratch`.
 *
 *  Collective.
 */
void skel_check_folder(skel_patient *patient, skel_finding *finding);

/** Whether all ranks together write a file that each of them then reads.
 *
 *  Collective.
 */
void skel_check_write(skel_patient *patient, skel_finding *finding);

/** Whether a full disk is an error: on a small disk in memory.
 *
 *  Collective.
 */
void skel_check_disk(skel_patient *patient, skel_finding *finding);

/** Whether a lock keeps out another process, also on another host.
 *
 *  Collective.
 */
void skel_check_locks(skel_patient *patient, skel_finding *finding);

/** Whether a file that is renamed over another one is whole, on all ranks; time of fsync.
 *
 *  Collective.
 */
void skel_check_rename(skel_patient *patient, skel_finding *finding);

/** Lengths of names and paths.
 *
 *  Collective.
 */
void skel_check_paths(skel_patient *patient, skel_finding *finding);

/** Which data sets are there, on every host, and whether they are intact.
 *
 *  Collective.
 */
void skel_check_data(skel_patient *patient, skel_finding *finding);

/** The site file.
 *
 *  Local; the root alone looks.
 */
void skel_check_site(skel_patient *patient, skel_finding *finding);

/** Slurm, and whether its srun has PMIx.
 *
 *  Local; the root alone looks.
 */
void skel_check_slurm(skel_patient *patient, skel_finding *finding);

#endif
