/* Slurm: whether it answers, and whether its srun can start ranks that find each other. */
#include "checks.h"

#include "skel/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs a program: whether it ended with 0. `*out` is *owned*. */
static bool succeeds(const char *const argv[], skel_capture *out)
{
    *out = (skel_capture){.exit_status = 0};
    return skel_capture_run(argv, out) == SKEL_OK && out->exit_status == 0;
}

static bool says(const skel_capture *capture, const char *word)
{
    return (capture->output != NULL && strstr(capture->output, word) != NULL) ||
           (capture->messages != NULL && strstr(capture->messages, word) != NULL);
}

/* Slurm is there and answers. */
static void look_closer(const char *version, skel_finding *finding)
{
    static const char *const list[] = {"srun", "--mpi=list", NULL};
    static const char *const config[] = {"scontrol", "show", "config", NULL};
    const char *job = getenv("SLURM_JOB_ID");
    skel_capture capture;
    bool pmix = succeeds(list, &capture) && says(&capture, "pmix");
    bool requeues = false;

    skel_capture_clear(&capture);
    requeues = succeeds(config, &capture) && says(&capture, "JobRequeue              = 1");
    skel_capture_clear(&capture);
    if (!pmix) {
        skel_finding_warn(finding, "write `launcher: mpirun` into the site file",
                          "%s, but its srun has no PMIx, by which Open MPI finds its ranks",
                          version);
    } else if (!requeues) {
        skel_finding_warn(
            finding,
            "skel asks for requeueing in each job (--requeue); ask the administrator if "
            "stopped jobs do not come back",
            "%s, whose jobs are not requeued by default (JobRequeue)", version);
    } else {
        skel_finding_ok(finding, "%s, srun --mpi=pmix, %s%s", version,
                        job != NULL ? "in job " : "outside of a job", job != NULL ? job : "");
    }
}

void skel_check_slurm(skel_patient *patient, skel_finding *finding)
{
    static const char *const version[] = {"sinfo", "--version", NULL};
    static const char *const ping[] = {"scontrol", "ping", NULL};
    skel_capture capture = {.exit_status = 0};
    char text[64] = "";
    bool answers = false;

    if (!skel_comm_is_root(patient->comm)) {
        skel_finding_ok(finding, "looked at by rank 0");
        return;
    }
    if (!succeeds(version, &capture)) {
        skel_capture_clear(&capture);
        skel_finding_ok(finding, "none here (no sinfo): skel submit needs it, skel run does not");
        return;
    }
    (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(capture.output, "\n"), capture.output);
    skel_capture_clear(&capture);
    answers = succeeds(ping, &capture) && says(&capture, "UP");
    skel_capture_clear(&capture);
    if (answers) {
        look_closer(text, finding);
    } else {
        skel_finding_warn(
            finding,
            "skel submit would end with status 69; skel run with mpirun does not need "
            "Slurm: look at SLURM_CONF, or ask the administrator",
            "%s is installed, but its controller does not answer", text);
    }
}
