/* Spectra of an earlier probe of the same run, images and seed are kept beside new ones. */
#include "skel/probe.h"

#include "skel/log.h"
#include "skel/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORD = 64, LINES = 1 << 16 };

/* Whether an attribute of the file is this text, and is as skel wrote it. */
static bool is(skel_reader *reader, const char *name, const char *expected)
{
    const size_t size = strlen(expected) + WORD; /* a longer text is another one, cut or not */
    char *text = NULL;
    bool same = false;

    if (skel_reader_check_attribute(reader, "/provenance", name) == SKEL_OK &&
        SKEL_ALLOC(size, 1, &text) == SKEL_OK) {
        skel_reader_attribute(reader, "/provenance", name, size, text);
        same = strcmp(text, expected) == 0;
    }
    SKEL_FREE(&text);
    return same;
}

static bool is_number(skel_reader *reader, const char *name, uint64_t expected)
{
    char text[WORD];

    (void)snprintf(text, sizeof text, "%" PRId64, (int64_t)expected);
    return is(reader, name, text);
}

/* Whether a file's spectra are of the same weights and images. */
static bool has_conditions(skel_reader *reader, const skel_assignment *assignment,
                           const skel_probe_options *options, const skel_probe *probe)
{
    char *job = NULL;
    bool same = skel_job_print(assignment->job, &job) == SKEL_OK && probe->run_date[0] != '\0' &&
                is(reader, "job", job) && is(reader, "run_date", probe->run_date) &&
                is(reader, "weights", options->trained ? "trained" : "initial") &&
                is(reader, "outputs", options->sum ? "sum" : "logits") &&
                is_number(reader, "samples", options->samples) &&
                is_number(reader, "seed", options->seed);

    SKEL_FREE(&job);
    return same;
}

static bool is_in(const skel_probe *probe, const skel_probe_result *result)
{
    for (size_t i = 0; i < probe->count; i++) {
        const skel_probe_result *it = &probe->result[i];

        if (it->kind == result->kind && it->control == result->control &&
            strcmp(it->layer, result->layer) == 0) {
            return true;
        }
    }
    return false;
}

/* Drops the spectra that the new probe has, too. */
static void drop_repeated(const skel_probe *probe, skel_probe *old)
{
    size_t count = 0;

    for (size_t i = 0; i < old->count; i++) {
        if (is_in(probe, &old->result[i])) {
            skel_spectrum_clear(&old->result[i].spectrum);
        } else {
            old->result[count++] = old->result[i];
        }
    }
    old->count = count;
}

/* "ntk of run, ntk of shuffle" */
static void list(const skel_probe *probe, size_t size, char out[])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < probe->count && used < size; i++) {
        const skel_probe_result *it = &probe->result[i];
        bool repeats = i > 0 && it[-1].kind == it->kind && it[-1].control == it->control;

        if (!repeats) {
            used += (size_t)snprintf(out + used, size - used, "%s%s of %s", used > 0 ? ", " : "",
                                     skel_probe_kind_word(it->kind),
                                     skel_probe_control_word(it->control));
        }
    }
}

/* How the kept spectra were made: the earlier file's command line, after those that it has itself.
 */
static skel_status name_commands(skel_reader *reader, char **out)
{
    size_t used = 0;
    skel_status status = SKEL_ALLOC(LINES, 1, out);

    if (status != SKEL_OK) {
        return status;
    }
    skel_reader_attribute(reader, "/provenance", "earlier", LINES, *out);
    used = strlen(*out);
    if (used > 0 && used + 1 < LINES) {
        (*out)[used++] = '\n';
    }
    skel_reader_attribute(reader, "/provenance", "command_line", LINES - used, *out + used);
    return SKEL_OK;
}

/* Root only: reads the earlier spectra, and says what becomes of them. */
static skel_status read_old(const skel_assignment *assignment, const skel_probe_options *options,
                            const char *path, skel_probe *probe, skel_probe *old)
{
    char names[1024];
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_probe_read(reader, old));
    drop_repeated(probe, old);
    list(old, sizeof names, names);
    if (old->count == 0) {
        goto done;
    }
    if (has_conditions(reader, assignment, options, probe)) {
        SKEL_TRY(name_commands(reader, &probe->earlier));
        SKEL_INFO("%s: kept the spectra of an earlier command: %s", path, names);
    } else {
        SKEL_WARN("%s: its earlier spectra are of another run, other weights, outputs, images or "
                  "another seed, and are replaced: %s",
                  path, names);
        skel_probe_clear(old);
    }
done:
    return skel_reader_close(&reader, status);
}

/* A file that cannot be read is replaced, as it would be without this command's care. */
static void find_old(const skel_assignment *assignment, const skel_probe_options *options,
                     const char *path, skel_probe *probe, skel_probe *old)
{
    if (access(path, F_OK) == 0 && read_old(assignment, options, path, probe, old) != SKEL_OK) {
        SKEL_WARN("the earlier spectra are replaced: %s", skel_error_message());
        skel_probe_clear(old);
        SKEL_FREE(&probe->earlier);
    }
    skel_error_clear();
}

/* Gives every rank the root's numbers. @param from  NULL on the others */
static skel_status share_numbers(const skel_comm *comm, size_t count, const double from[],
                                 double **to)
{
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, SKEL_ALLOC(count, sizeof **to, to)));
    if (from != NULL) {
        memcpy(*to, from, count * sizeof **to);
    }
    skel_comm_broadcast(comm, count * sizeof **to, *to);
done:
    return status;
}

/* The root's result to every rank. @param from  NULL on the others */
static skel_status share(const skel_comm *comm, const skel_probe_result *from,
                         skel_probe_result *to)
{
    const double *values = from != NULL ? from->spectrum.values : NULL;
    const double *alignment = from != NULL ? from->spectrum.alignment : NULL;
    bool aligned = alignment != NULL;
    skel_status status = SKEL_OK;

    if (from != NULL) {
        *to = *from;
    }
    skel_comm_broadcast(comm, sizeof *to, to);
    skel_comm_broadcast(comm, sizeof aligned, &aligned);
    to->spectrum.values = to->spectrum.alignment = NULL;
    SKEL_TRY(share_numbers(comm, to->spectrum.count, values, &to->spectrum.values));
    if (aligned) {
        SKEL_TRY(share_numbers(comm, to->spectrum.count, alignment, &to->spectrum.alignment));
    }
done:
    return status;
}

/* Root only: the date of the run's file, which tells it from another one of the same job. */
static skel_status read_date(const char *path, size_t size, char date[])
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    SKEL_TRY(skel_reader_check_attribute(reader, "/", "date"));
    skel_reader_attribute(reader, "/", "date", size, date);
done:
    return skel_reader_close(&reader, status);
}

skel_status skel_probe_keep(const skel_assignment *assignment, const skel_probe_options *options,
                            const char *path, skel_probe *probe)
{
    const skel_comm *comm = assignment->comm;
    bool root = skel_comm_is_root(comm);
    skel_probe old = {0};
    char *earlier = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    if (root) {
        status = read_date(assignment->path, sizeof probe->run_date, probe->run_date);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, sizeof probe->run_date, probe->run_date);
    if (root) {
        find_old(assignment, options, path, probe, &old);
    }
    count = old.count;
    skel_comm_broadcast(comm, sizeof count, &count);
    SKEL_TRY(
        skel_comm_broadcast_text(comm, probe->earlier != NULL ? probe->earlier : "", &earlier));
    SKEL_FREE(&probe->earlier);
    probe->earlier = earlier;
    SKEL_TRY(skel_comm_agree(
        comm, SKEL_GROW(probe->count + count + 1, sizeof *probe->result, &probe->result)));
    for (size_t i = 0; i < count; i++) {
        memset(&probe->result[probe->count], 0, sizeof *probe->result);
        SKEL_TRY(share(comm, root ? &old.result[i] : NULL, &probe->result[probe->count++]));
    }
done:
    skel_probe_clear(&old);
    return status;
}
