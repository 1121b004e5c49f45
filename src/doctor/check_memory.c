/* Free memory: of the host, and of the control groups that this process is in. */
#include "checks.h"

#include "skel/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

enum { LINE = 4200 };

static const double least = 1 << 30; /* bytes a rank: training a small network takes less */

/* MemAvailable of the host, or infinity. */
static double host_free(void)
{
    char line[256];
    double kilobytes = -1;
    FILE *file = fopen("/proc/meminfo", "re");

    while (file != NULL && kilobytes < 0 && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "MemAvailable: %lf kB", &kilobytes) != 1) {
            kilobytes = -1;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kilobytes >= 0 ? 1024 * kilobytes : 1e300;
}

/* A number in a file of a control group; -1 if there is none, or no limit. */
static double read_number(const char *group, const char *name)
{
    char path[LINE + 64];
    double value = -1;
    FILE *file = NULL;

    (void)snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", group, name);
    file = fopen(path, "re");
    if (file == NULL) {
        return -1;
    }
    if (fscanf(file, "%lf", &value) != 1) {
        value = -1; /* "max" */
    }
    (void)fclose(file);
    return value;
}

/* What the tightest control group of this process and those above it still allow, or infinity. */
static double group_free(void)
{
    char line[LINE] = "";
    char *group = NULL;
    double allowed = 1e300;
    FILE *file = fopen("/proc/self/cgroup", "re");

    while (file != NULL && strncmp(line, "0::", 3) != 0 && fgets(line, sizeof line, file) != NULL) {
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    group = strncmp(line, "0::", 3) == 0 ? line + 3 : line + strlen(line);
    group[strcspn(group, "\n")] = '\0';
    for (;;) {
        double limit = read_number(group, "memory.max");
        double used = read_number(group, "memory.current");
        char *slash = strrchr(group, '/');

        if (limit >= 0 && used >= 0 && limit - used < allowed) {
            allowed = limit - used;
        }
        if (slash == NULL) {
            return allowed;
        }
        *slash = '\0';
    }
}

void skel_check_memory(skel_patient *patient, skel_finding *finding)
{
    double host = host_free();
    double group = group_free();
    double share = (host < group ? host : group) / patient->neighbours;
    struct rlimit space;
    char text[SKEL_TEXT_BYTES];
    const char *limit = group < host ? "its control group allows" : "free on the host";

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
