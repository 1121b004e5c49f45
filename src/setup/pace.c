/* The cache is a text: a line "SECONDS<tab>KEY" per measurement, later ones replace earlier ones.
 */
#include "skel/pace.h"

#include "gradient_time.h"

#include "skel/checksum.h"
#include "skel/dataset.h"
#include "skel/folder.h"
#include "skel/input.h"
#include "skel/isa.h"
#include "skel/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 512 };

typedef struct pace {
    double seconds;
    char key[LINE];
} pace;

struct skel_paces {
    char processor[SKEL_ISA_PROCESSOR];
    char folder[SKEL_JOB_PATH];
    size_t count;
    pace *pace; /* [count] in the order of the file */
};

/* "" if the environment names no folder. */
static void find_folder(char out[SKEL_JOB_PATH])
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    out[0] = '\0';
    if (cache != NULL && cache[0] == '/') {
        (void)snprintf(out, SKEL_JOB_PATH, "%s/skel", cache);
    } else if (home != NULL && home[0] != '\0') {
        (void)snprintf(out, SKEL_JOB_PATH, "%s/.cache/skel", home);
    }
}

static skel_status add(skel_paces *paces, double seconds, const char *key)
{
    skel_status status = SKEL_GROW(paces->count + 1, sizeof *paces->pace, &paces->pace);

    if (status == SKEL_OK) {
        pace *last = &paces->pace[paces->count++];

        last->seconds = seconds;
        (void)snprintf(last->key, sizeof last->key, "%s", key);
    }
    return status;
}

static skel_status read_cache(skel_paces *paces)
{
    char path[SKEL_JOB_PATH + 16];
    char line[LINE];
    FILE *file = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/gradients", paces->folder);
    if (paces->folder[0] != '\0' && skel_input_stream(path, &file) != SKEL_OK) {
        skel_error_clear(); /* nothing was measured yet */
    }
    while (status == SKEL_OK && file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *key = strchr(line, '\t');
        double seconds = strtod(line, NULL);

        if (key != NULL && seconds > 0 && seconds < 1e6) {
            key[strcspn(key, "\n")] = '\0';
            status = add(paces, seconds, key + 1);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return status;
}

skel_status skel_paces_open(skel_paces **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    SKEL_TRY(status);
    skel_isa_processor((*out)->processor);
    if ((*out)->processor[0] == '\0') {
        (void)snprintf((*out)->processor, SKEL_ISA_PROCESSOR, "an unknown processor");
    }
    find_folder((*out)->folder);
    SKEL_TRY(read_cache(*out));
done:
    if (status != SKEL_OK) {
        skel_paces_close(out);
    }
    return status;
}

void skel_paces_close(skel_paces **paces)
{
    if (*paces != NULL) {
        SKEL_FREE(&(*paces)->pace);
        SKEL_FREE(paces);
    }
}

const char *skel_paces_processor(const skel_paces *paces)
{
    return paces->processor;
}

/* All that the time depends on, and the name of the processor. Networks of files differ by path. */
static void write_key(const skel_paces *paces, const skel_job *job, char out[LINE])
{
    size_t width = job->model.width > 0 ? job->model.width : skel_model_width(job->model.name);
    char path[SKEL_CHECKSUM_TEXT] = "";

    if (job->model.file[0] != '\0') {
        skel_checksum_xxh3(strlen(job->model.file), job->model.file, path);
    }

    (void)snprintf(
        out, LINE, "%s%s width %zu, %s padded to %llu, microbatch %llu, %s, threads %llu, %s, %s",
        job->model.name, path, width, job->data.set, (unsigned long long)job->data.pad_to,
        (unsigned long long)job->compute.microbatch, skel_gradient_time_engine(job),
        (unsigned long long)job->compute.threads, skel_isa_name(skel_isa_best()), paces->processor);
}

/* Of one image's gradient; 0 if it was not measured. */
static double gradient_seconds(const skel_paces *paces, const skel_job *job)
{
    char key[LINE];

    if (paces->count == 0) {
        return 0;
    }
    write_key(paces, job, key);
    for (size_t i = paces->count; i-- > 0;) {
        if (strcmp(paces->pace[i].key, key) == 0) {
            return paces->pace[i].seconds;
        }
    }
    return 0;
}

double skel_paces_seconds(const skel_paces *paces, const skel_job *job, const skel_cost *cost)
{
    double images = cost->gradient_images + cost->forward_images / 3;
    double more = images > 0 ? 2 * cost->linalg_flop / (cost->flop - cost->linalg_flop) : 0;

    return gradient_seconds(paces, job) * images * (1 + more);
}

/* Adds a line; one write, so that two processes may add at the same time. */
static skel_status write_line(const skel_paces *paces, double seconds, const char *key)
{
    char path[SKEL_JOB_PATH + 16];
    char line[LINE + 32];
    FILE *file = NULL;
    bool failed = false;
    skel_status status = SKEL_OK;

    if (paces->folder[0] == '\0') {
        return SKEL_FAIL(SKEL_ERR_IO, "no folder for measurements: set HOME or XDG_CACHE_HOME");
    }
    SKEL_TRY(skel_folder_make(paces->folder));
    (void)snprintf(path, sizeof path, "%s/gradients", paces->folder);
    (void)snprintf(line, sizeof line, "%.6g\t%s\n", seconds, key);
    if (access(path, F_OK) == 0) {
        SKEL_TRY(skel_input_look(path, NULL));
    }
    file = fopen(path, "a");
    failed = file == NULL || fputs(line, file) < 0;
    failed = (file != NULL && fclose(file) != 0) || failed;
    if (failed) {
        status = SKEL_FAIL(skel_status_of_errno(errno), "%s: write: %s", path, strerror(errno));
    }
done:
    return status;
}

skel_status skel_paces_measure(skel_paces *paces, skel_networks *networks, const skel_job *job)
{
    const skel_network *network = NULL;
    skel_settings settings;
    char key[LINE];
    double seconds = gradient_seconds(paces, job);
    skel_status status = SKEL_OK;

    if (seconds > 0) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_settings_resolve(job, &settings));
    SKEL_TRY(skel_networks_of(networks, job, &settings, &network));
    SKEL_TRY(skel_gradient_time_measure(job, network, &seconds));
    write_key(paces, job, key);
    SKEL_TRY(write_line(paces, seconds, key));
    SKEL_TRY(add(paces, seconds, key));
done:
    return status;
}
