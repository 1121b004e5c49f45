/* Memory that a host still has: of itself, and of the control groups that this process is in. */
#include "skel/host_memory.h"

#include "skel/input.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 4200 };

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
    char line[64];
    double value = -1;

    (void)snprintf(path, sizeof path, "/sys/fs/cgroup%s/%s", group, name);
    skel_input_line(path, sizeof line, line);
    return sscanf(line, "%lf", &value) == 1 ? value : -1; /* also "max" */
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

double skel_host_memory_free(const char **limit)
{
    double host = host_free();
    double group = group_free();

    if (limit != NULL) {
        *limit = group < host ? "its control group allows" : "free on the host";
    }
    return group < host ? group : host;
}
