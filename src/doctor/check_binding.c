/* Cores: which ones each rank may use, and whether its neighbours use the same. */
#include "checks.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CPUS = CPU_SETSIZE, MASK = CPUS / 4 + 1 /* hexadecimal digits */ };

static const char digits[] = "0123456789abcdef";

static void write_mask(const cpu_set_t *set, char out[MASK])
{
    for (size_t digit = 0; digit < CPUS / 4; digit++) {
        unsigned value = 0;

        for (size_t bit = 0; bit < 4; bit++) {
            value |= (CPU_ISSET(4 * digit + bit, set) ? 1U : 0U) << bit;
        }
        out[digit] = digits[value];
    }
    out[MASK - 1] = '\0';
}

static void add_mask(const char *mask, cpu_set_t *set)
{
    for (size_t digit = 0; digit < CPUS / 4 && mask[digit] != '\0'; digit++) {
        size_t value = (size_t)(strchr(digits, mask[digit]) - digits);

        for (size_t bit = 0; bit < 4; bit++) {
            if ((value >> bit & 1) != 0) {
                CPU_SET(4 * digit + bit, set);
            }
        }
    }
}

/* Processors of a set that are the first hardware thread of their core. */
static int cores_of(const cpu_set_t *set)
{
    int cores = 0;

    for (size_t cpu = 0; cpu < CPUS; cpu++) {
        size_t first = cpu;
        char path[96];
        char siblings[64];

        if (!CPU_ISSET(cpu, set)) {
            continue;
        }
        (void)snprintf(path, sizeof path,
                       "/sys/devices/system/cpu/cpu%zu/topology/thread_siblings_list", cpu);
        skel_input_line(path, sizeof siblings, siblings);
        if (siblings[0] != '\0') {
            first = strtoul(siblings, NULL, 10);
        }
        cores += first == cpu || !CPU_ISSET(first, set);
    }
    return cores;
}

/* Processors that the container or the job may use at the same time; 0: no limit. */
static double quota(void)
{
    double limit = 0;
    double period = 0;
    char line[64];

    skel_input_line("/sys/fs/cgroup/cpu.max", sizeof line, line);
    if (sscanf(line, "%lf %lf", &limit, &period) != 2) {
        limit = 0; /* "max" */
    }
    return limit > 0 && period > 0 ? limit / period : 0;
}

/* The processors of all ranks of this host. */
static bool gather(const skel_patient *patient, const cpu_set_t *own, cpu_set_t *all)
{
    int ranks = skel_comm_size(patient->comm);
    const char *host = patient->hosts[skel_comm_rank(patient->comm)];
    char mask[MASK];
    char *masks = NULL;
    skel_status status = SKEL_ALLOC((size_t)ranks, MASK, &masks);

    if (skel_comm_agree(patient->comm, status) != SKEL_OK) {
        SKEL_FREE(&masks);
        return false;
    }
    write_mask(own, mask);
    skel_comm_gather_text(patient->comm, mask, MASK, masks);
    CPU_ZERO(all);
    for (int i = 0; i < ranks; i++) {
        if (strcmp(patient->hosts[i], host) == 0) {
            add_mask(masks + (size_t)i * MASK, all);
        }
    }
    SKEL_FREE(&masks);
    return true;
}

void skel_check_binding(skel_patient *patient, skel_finding *finding)
{
    cpu_set_t own;
    cpu_set_t all;
    char text[256];
    int threads = 0;
    int cores = 0;
    int ranks = patient->neighbours;

    CPU_ZERO(&own);
    if (sched_getaffinity(0, sizeof own, &own) != 0) {
        CPU_SET(0, &own);
    }
    if (!gather(patient, &own, &all)) {
        skel_finding_skip(finding, "no memory");
        return;
    }
    threads = CPU_COUNT(&all);
    cores = cores_of(&all);
    (void)snprintf(
        text, sizeof text,
        "%d rank%s on this host, on %d hardware thread%s of %d core%s; each rank may use "
        "%d of the host's %ld, OpenMP would start %d thread%s",
        ranks, ranks == 1 ? "" : "s", threads, threads == 1 ? "" : "s", cores,
        cores == 1 ? "" : "s", CPU_COUNT(&own), sysconf(_SC_NPROCESSORS_ONLN),
        omp_get_max_threads(), omp_get_max_threads() == 1 ? "" : "s");
    if (ranks > threads) {
        skel_finding_warn(finding,
                          "waiting ranks yield, but take turns with the others: start fewer ranks, "
                          "or bind each to a core of its own (mpirun --bind-to core)",
                          "%s: some ranks share a hardware thread", text);
    } else if (ranks > cores) {
        skel_finding_warn(finding,
                          "two ranks of one core are hardly faster than one: start one rank a core",
                          "%s: some ranks share a core", text);
    } else if (quota() > 0 && quota() < ranks) {
        skel_finding_warn(finding, "start fewer ranks, or ask for more processors",
                          "%s; but the control group allows the time of %.2g processors only", text,
                          quota());
    } else {
        skel_finding_ok(finding, "%s", text);
    }
}
