/* Reads the spectra of a probe's file. */
#include "skel/probe.h"

#include "skel/memory.h"
#include "skel/stored.h"

#include <stdio.h>

enum { PATH = 256 + SKEL_NAME };

/* The eigenvectors' shares of the labels, which only kernels of logits have. */
static skel_status read_alignment(skel_reader *reader, const char *group, skel_spectrum *out)
{
    char path[PATH];
    size_t count = 0;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/alignment", group);
    if (skel_reader_has(reader, path)) {
        SKEL_TRY(skel_reader_doubles(reader, path, &count, &out->alignment));
    }
    if (out->alignment != NULL && count != out->count) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s has %zu values, expected %zu",
                           skel_reader_path(reader), path, count, out->count);
    }
done:
    return status;
}

/* What sums up the values follows from them. */
static skel_status read_spectrum(skel_reader *reader, const char *group, skel_probe_result *out)
{
    char path[PATH];
    double *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_check(reader, group, NULL));
    (void)snprintf(path, sizeof path, "%s/values", group);
    SKEL_TRY(skel_reader_doubles(reader, path, &count, &values));
    if (count == 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%s: %s is empty", skel_reader_path(reader), path);
        goto done;
    }
    SKEL_TRY(skel_spectrum_of_values(count, values, &out->spectrum));
    SKEL_TRY(read_alignment(reader, group, &out->spectrum));
    out->kept = (size_t)skel_stored_number(reader, group, "kept");
done:
    SKEL_FREE(&values);
    return status;
}

static skel_status add(skel_reader *reader, const char *group, const skel_probe_result *key,
                       skel_probe *out)
{
    skel_status status = SKEL_GROW(out->count + 1, sizeof *out->result, &out->result);

    if (status == SKEL_OK) {
        out->result[out->count] = *key;
        status = read_spectrum(reader, group, &out->result[out->count++]);
    }
    return status;
}

/* The spectra of one kind and mask: of the network, or of each layer. */
static skel_status read_group(skel_reader *reader, const char *group, skel_probe_result key,
                              skel_probe *out)
{
    bool of_layers = key.kind == SKEL_PROBE_LAYERS || key.kind == SKEL_PROBE_MASK;
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    if (!of_layers) {
        return add(reader, group, &key, out);
    }
    SKEL_TRY(skel_reader_list(reader, group, &count, &names));
    for (size_t i = 0; i < count; i++) {
        char path[SKEL_READER_PATH];

        (void)snprintf(key.layer, sizeof key.layer, "%s", names[i]);
        skel_reader_member(group, key.layer, path);
        SKEL_TRY(add(reader, path, &key, out));
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

skel_status skel_probe_read(skel_reader *reader, skel_probe *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_probe){0};
    for (size_t k = 0; k < SKEL_PROBE_KINDS; k++) {
        for (size_t c = 0; c < SKEL_PROBE_CONTROLS; c++) {
            const skel_probe_result key = {.kind = (skel_probe_kind)k,
                                           .control = (skel_probe_control)c};
            char group[64];

            (void)snprintf(group, sizeof group, "/%s/%s", skel_probe_kind_word(key.kind),
                           skel_probe_control_word(key.control));
            if (skel_reader_has(reader, group)) {
                SKEL_TRY(read_group(reader, group, key, out));
            }
        }
    }
done:
    return status;
}
