/* The doctor: does the checks of the table one by one, with a limit of time for each. */
#include "checks.h"

#include "skel/folder.h"
#include "skel/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROW(name, words, needs_folder) {words, skel_check_##name, needs_folder},

static const struct {
    const char *words;
    skel_check look;
    bool needs_folder;
} checks[] = {SKEL_DOCTOR_CHECKS(ROW)};

enum { CHECKS = sizeof checks / sizeof *checks };

/* What the handler prints; it may not format. */
static char late[256];

/* A check that hangs waits in the kernel or in MPI, so it cannot be left. */
static void give_up(int number)
{
    (void)number;
    (void)!write(STDERR_FILENO, late, strlen(late));
    _exit(74);
}

void skel_doctor_limit(const char *words, unsigned patience)
{
    struct sigaction action;

    (void)snprintf(late, sizeof late,
                   "skel doctor: error: the check \"%s\" has not ended within %u s: this is "
                   "where skel run would hang\n",
                   words, patience);
    memset(&action, 0, sizeof action);
    action.sa_handler = give_up;
    (void)sigaction(SIGALRM, &action, NULL);
    (void)alarm(patience);
}

const char *skel_doctor_word(skel_verdict verdict)
{
    static const char *const words[] = {"ok", "skipped", "warning", "failure"};

    return words[verdict];
}

static void find_neighbours(skel_patient *patient)
{
    int ranks = skel_comm_size(patient->comm);
    int rank = skel_comm_rank(patient->comm);

    for (int i = 0; i < ranks; i++) {
        bool seen = false;

        for (int j = 0; j < i && !seen; j++) {
            seen = strcmp(patient->hosts[i], patient->hosts[j]) == 0;
        }
        patient->host_count += !seen;
        if (strcmp(patient->hosts[i], patient->hosts[rank]) == 0) {
            patient->place += i < rank;
            patient->neighbours++;
        }
    }
}

static skel_status meet(const skel_comm *comm, const char *dir, skel_patient *patient)
{
    char host[SKEL_PATIENT_HOST] = "unknown";
    skel_status status = SKEL_OK;

    *patient = (skel_patient){.comm = comm, .dir = dir};
    status = skel_comm_create_self(&patient->self);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC((size_t)skel_comm_size(comm), sizeof *patient->hosts, &patient->hosts);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    (void)gethostname(host, sizeof host - 1);
    skel_comm_gather_text(comm, host, SKEL_PATIENT_HOST, patient->hosts[0]);
    find_neighbours(patient);
done:
    return status;
}

static void leave(skel_patient *patient)
{
    skel_comm_barrier(patient->comm);
    if (patient->scratch[0] != '\0' && skel_comm_is_root(patient->comm)) {
        skel_folder_remove(patient->scratch);
    }
    skel_comm_destroy(&patient->self);
    SKEL_FREE(&patient->hosts);
}

static skel_status check(skel_patient *patient, size_t number, unsigned patience,
                         skel_finding *finding)
{
    *finding = (skel_finding){.check = checks[number].words};
    if (checks[number].needs_folder && patient->scratch[0] == '\0') {
        skel_finding_skip(finding, "not checked, because the folder cannot be used");
        return SKEL_OK;
    }
    skel_doctor_limit(checks[number].words, patience);
    checks[number].look(patient, finding);
    skel_error_clear();
    return skel_finding_merge(patient->comm, patient->hosts[0], SKEL_PATIENT_HOST, finding);
}

skel_status skel_doctor_run(const skel_comm *comm, const char *dir, unsigned patience,
                            skel_doctor_hear hear, void *context, skel_verdict *worst)
{
    skel_patient patient;
    skel_status status = meet(comm, dir, &patient);

    *worst = SKEL_VERDICT_OK;
    for (size_t i = 0; i < CHECKS && status == SKEL_OK; i++) {
        skel_finding finding;

        SKEL_TRY(check(&patient, i, patience, &finding));
        *worst = finding.verdict > *worst ? finding.verdict : *worst;
        hear(context, &finding);
    }
done:
    leave(&patient);
    skel_doctor_limit("", 0);
    return status;
}
