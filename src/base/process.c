/* Processes: read from Linux's /proc. */
#include "skel/process.h"

#include "skel/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORD = 48, STARTED_FIELD = 22 };

/* When a process began, in clock ticks since the boot; "" if there is no such process. */
static void began(const char *process, char out[WORD])
{
    char path[64];
    char line[1024];
    char *field = NULL;

    (void)snprintf(path, sizeof path, "/proc/%s/stat", process);
    skel_input_line(path, sizeof line, line);
    field = strrchr(line, ')'); /* ends field 2, a name that may have spaces */
    for (int i = 2; field != NULL && i < STARTED_FIELD; i++) {
        field = strchr(field + 1, ' ');
    }
    (void)snprintf(out, WORD, "%.*s", field != NULL ? (int)strcspn(field + 1, " ") : 0,
                   field != NULL ? field + 1 : "");
}

/* The machine's boot and the space of process numbers: "BOOT SPACE", "" if not known. */
static void place(char out[SKEL_PROCESS_MARK])
{
    char boot[WORD];
    char space[WORD] = "";

    skel_input_line("/proc/sys/kernel/random/boot_id", sizeof boot, boot);
    if (boot[0] == '\0' || readlink("/proc/self/ns/pid", space, sizeof space - 1) <= 0) {
        out[0] = '\0';
        return;
    }
    (void)snprintf(out, SKEL_PROCESS_MARK, "%s %s", boot, space);
}

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

static void scheduler_job(char out[SKEL_PROCESS_JOB])
{
    static const char *const names[] = {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "PJM_JOBID"};

    out[0] = '\0';
    if (variable("SLURM_ARRAY_JOB_ID")[0] != '\0') {
        (void)snprintf(out, SKEL_PROCESS_JOB, "%.30s_%.30s", variable("SLURM_ARRAY_JOB_ID"),
                       variable("SLURM_ARRAY_TASK_ID"));
    }
    for (size_t i = 0; out[0] == '\0' && i < sizeof names / sizeof *names; i++) {
        (void)snprintf(out, SKEL_PROCESS_JOB, "%s", variable(names[i]));
    }
}

skel_process skel_process_self(void)
{
    skel_process self = {.pid = (uint64_t)getpid()};
    char ticks[WORD];
    size_t used = 0;

    (void)gethostname(self.host, sizeof self.host - 1);
    scheduler_job(self.job);
    place(self.mark);
    began("self", ticks);
    used = strlen(self.mark);
    if (used == 0 || ticks[0] == '\0') {
        self.mark[0] = '\0';
        return self;
    }
    (void)snprintf(self.mark + used, sizeof self.mark - used, " %s", ticks);
    return self;
}

skel_process_state skel_process_find(uint64_t pid, const char *mark)
{
    char here[SKEL_PROCESS_MARK];
    char process[WORD];
    char ticks[WORD];
    size_t length = 0;

    place(here);
    length = strlen(here);
    if (length == 0 || strncmp(mark, here, length) != 0 || mark[length] != ' ') {
        return SKEL_PROCESS_ELSEWHERE;
    }
    (void)snprintf(process, sizeof process, "%llu", (unsigned long long)pid);
    began(process, ticks);
    return strcmp(ticks, mark + length + 1) == 0 ? SKEL_PROCESS_EXISTS : SKEL_PROCESS_GONE;
}
