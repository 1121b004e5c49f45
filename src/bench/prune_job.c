/* A job without training on random images, and the folder of its files. */
#include "prune_job.h"

#include "skel/memory.h"
#include "skel/network.h"
#include "skel/random.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GREY_SIDE = 28 };

/* A data set whose images have the network's shape; only its shape and size are used. */
static const char *set_for(const char *model)
{
    return skel_model_image(model).height == GREY_SIDE ? "mnist" : "cifar10";
}

static skel_status read_job(const skel_bench *bench, const char *model, skel_job *out)
{
    size_t ranks = (size_t)skel_comm_size(bench->comm);
    size_t microbatch =
        bench->microbatch > 0 ? bench->microbatch : (bench->batch + ranks - 1) / ranks;
    char text[1024];

    (void)snprintf(text, sizeof text,
                   "name: bench\n"
                   "data: {set: %s}\n"
                   "model: {name: %s, width: %zu}\n"
                   "prune: {method: %s, sparsity: %.12g, iterations: %zu, batch-size: %zu}\n"
                   "train: {epochs: 0}\n"
                   "compute: {engine: %s, microbatch: %zu, threads: %zu}\n"
                   "checkpoint: {every-iterations: 0, every-epochs: 0, every-seconds: 0}\n",
                   set_for(model), model, bench->width, bench->method, 1 - bench->density,
                   bench->iterations, bench->batch, bench->engine, microbatch, bench->threads);
    return skel_job_parse("skel bench prune", text, out);
}

static skel_status draw_images(skel_prune_job *work)
{
    const skel_dataset_info *info = work->dataset.info;
    size_t pixels = info->channels * info->height * info->width;
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_BENCH, 6, 0);
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC_RAW(info->train, pixels, &work->images));
    SKEL_TRY(SKEL_ALLOC_RAW(info->train, sizeof *work->labels, &work->labels));
    for (size_t i = 0; i < info->train * pixels; i++) {
        work->images[i] = (uint8_t)skel_stream_bits(&stream);
    }
    for (size_t i = 0; i < info->train; i++) {
        work->labels[i] = (uint16_t)skel_stream_below(&stream, (uint32_t)info->classes);
    }
    work->dataset.train =
        (skel_samples){.count = info->train, .images = work->images, .labels = work->labels};
    work->dataset.test = work->dataset.train; /* nothing is tested */
done:
    return status;
}

static skel_status make_local(const skel_bench *bench, const char *model, skel_prune_job *out)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(read_job(bench, model, &out->job));
    SKEL_TRY(skel_dataset_find(out->job.data.set, &out->dataset.info));
    out->dataset.descriptor = -1;
    SKEL_TRY(draw_images(out));
done:
    return status;
}

static skel_status make_folder(skel_prune_job *out)
{
    const char *parent = getenv("TMPDIR");

    (void)snprintf(out->folder, sizeof out->folder, "%s/skel-bench-XXXXXX",
                   parent != NULL && parent[0] != '\0' ? parent : "/tmp");
    if (mkdtemp(out->folder) == NULL) {
        skel_status status = SKEL_FAIL(SKEL_ERR_IO, "skel bench: a folder like %s: %s", out->folder,
                                       strerror(errno));

        out->folder[0] = '\0';
        return status;
    }
    return SKEL_OK;
}

skel_status skel_prune_job_make(const skel_bench *bench, const char *model, skel_prune_job *out)
{
    skel_status status = make_local(bench, model, out);

    if (status == SKEL_OK && skel_comm_is_root(bench->comm)) {
        status = make_folder(out);
    }
    SKEL_TRY(skel_comm_agree(bench->comm, status));
    skel_comm_broadcast(bench->comm, sizeof out->folder, out->folder);
    (void)snprintf(out->path, sizeof out->path, "%s/run.h5", out->folder);
done:
    return status;
}

void skel_prune_job_clean(const skel_comm *comm, const skel_prune_job *job)
{
    struct dirent *entry = NULL;
    DIR *folder = NULL;

    if (!skel_comm_is_root(comm) || job->folder[0] == '\0') {
        return;
    }
    folder = opendir(job->folder);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char path[SKEL_PATH + sizeof entry->d_name + 1];

        (void)snprintf(path, sizeof path, "%s/%s", job->folder, entry->d_name);
        (void)unlink(path); /* "." and ".." stay: they are folders */
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
}

void skel_prune_job_free(const skel_comm *comm, skel_prune_job *job)
{
    skel_prune_job_clean(comm, job);
    if (skel_comm_is_root(comm) && job->folder[0] != '\0') {
        (void)rmdir(job->folder);
    }
    SKEL_FREE(&job->images);
    SKEL_FREE(&job->labels);
}
