/* A checkpoint, beside a plain write of as many bytes: one process writes them in a row, waits for
 * the disk, and replaces an older file, as a checkpoint does. */
#include "parts.h"
#include "prune_job.h"

#include "skel/memory.h"
#include "skel/progress.h"
#include "skel/random.h"
#include "skel/session.h"
#include "skel/text.h"
#include "skel/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 23 /* bytes of one write */ };

typedef struct skel_saving {
    skel_bench *bench;
    skel_session *session;
    skel_prune_job work;
    skel_assignment assignment; /* the trial reads it while it lives */
    skel_trial *trial;
    size_t bytes;      /* of a checkpoint; the root's count */
    uint32_t *content; /* [BLOCK] bytes that no file system compresses */
} skel_saving;

static skel_status save_once(void *context, double *seconds)
{
    skel_saving *saving = context;
    size_t bytes = 0;
    skel_status status = skel_trial_checkpoint(saving->trial, seconds, &bytes);

    saving->bytes = bytes;
    return status;
}

static skel_status write_all(const skel_saving *saving, const char *path, int file)
{
    for (size_t done = 0; done < saving->bytes;) {
        size_t rest = saving->bytes - done;
        ssize_t count = write(file, saving->content, rest < BLOCK ? rest : BLOCK);

        if (count < 0 && errno != EINTR) {
            return SKEL_FAIL(SKEL_ERR_IO, "cannot write %s: %s", path, strerror(errno));
        }
        done += count > 0 ? (size_t)count : 0;
    }
    if (fsync(file) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot sync %s: %s", path, strerror(errno));
    }
    return SKEL_OK;
}

static skel_status write_plainly(void *context, double *seconds)
{
    const skel_saving *saving = context;
    char path[SKEL_PATH + 16];
    char old[SKEL_PATH + 16];
    double started = skel_seconds();
    int file = -1;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/plain", saving->work.folder);
    (void)snprintf(old, sizeof old, "%s/plain.old", saving->work.folder);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "cannot create %s: %s", path, strerror(errno));
    }
    status = write_all(saving, path, file);
    (void)close(file);
    if (status == SKEL_OK && rename(path, old) != 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "cannot rename %s: %s", path, strerror(errno));
    }
    *seconds = skel_seconds() - started;
    return status;
}

/* Of a run's time, where checkpoints come as often as they may, and as seldom as they must. */
static void print_share(const skel_saving *saving, double own, double plain)
{
    const skel_job *job = &saving->work.job;
    double spacing = job->checkpoint.spacing;
    double often = 1 / (1 + spacing);
    double seldom = own / (own + job->checkpoint.every_seconds);

    (void)printf("  a checkpoint is written at %.1f %% of the rate of the plain write\n",
                 100 * plain / own);
    (void)printf(
        "  its share of a run's time: %.2f %% if only the clock asks for it (%.0f s), at most "
        "%.2f %% (checkpoint.spacing %.0f)\n",
        100 * (seldom < often ? seldom : often), job->checkpoint.every_seconds, 100 * often,
        spacing);
    (void)fflush(stdout);
}

static skel_status contest(skel_saving *saving, const char *model)
{
    skel_bench *bench = saving->bench;
    skel_contestant entries[] = {
        {.name = "skel checkpoint", .run = save_once, .context = saving, .threads = 1},
        {.name = "plain write, fsync, rename",
         .run = write_plainly,
         .context = saving,
         .threads = 1,
         .alone = true}};
    char size[SKEL_TEXT_BYTES];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_bench_warm_up(bench, 2, entries));
    SKEL_TRY(skel_bench_contest(bench, "checkpoint", 2, entries));
    if (skel_comm_is_root(bench->comm)) {
        skel_text_bytes((double)saving->bytes, size);
        (void)printf("\ncheckpoint: %s, %s, in %s\n", model, size, saving->work.folder);
    }
    skel_bench_print(bench, 2, entries, 1e-6 * (double)saving->bytes, "MB/s");
    if (skel_comm_is_root(bench->comm)) {
        print_share(saving, skel_bench_median(bench, &entries[0]),
                    skel_bench_median(bench, &entries[1]));
    }
done:
    return status;
}

static skel_status make(skel_saving *saving, const char *model)
{
    const skel_comm *comm = saving->bench->comm;
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 8, 0);
    skel_job defaults;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_prune_job_make(saving->bench, model, &saving->work));
    status = skel_job_parse(
        "skel bench checkpoint",
        "name: bench\ndata: {set: mnist}\nmodel: {name: lenet-5}\nprune: {method: none}\n",
        &defaults);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(BLOCK / sizeof(uint32_t), sizeof(uint32_t), &saving->content);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    for (size_t i = 0; i < BLOCK / sizeof(uint32_t); i++) {
        saving->content[i] = skel_stream_bits(&stream);
    }
    saving->work.job.checkpoint = defaults.checkpoint;
    saving->assignment = (skel_assignment){.comm = comm,
                                           .job = &saving->work.job,
                                           .dataset = &saving->work.dataset,
                                           .invocation = &saving->session->invocation,
                                           .path = saving->work.path};
    status = skel_trial_create(&saving->assignment, &saving->trial);
done:
    return status;
}

skel_status skel_bench_checkpoint(skel_bench *bench)
{
    const char *model = bench->model == NULL ? "resnet50" : bench->model;
    char program[] = "skel bench checkpoint";
    char *arguments[] = {program, NULL};
    skel_saving saving = {.bench = bench};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_session_create(bench->comm, 1, arguments, &saving.session));
    SKEL_TRY(make(&saving, model));
    SKEL_TRY(contest(&saving, model));
done:
    skel_trial_destroy(&saving.trial);
    skel_prune_job_free(bench->comm, &saving.work);
    skel_session_destroy(&saving.session);
    SKEL_FREE(&saving.content);
    return status;
}
