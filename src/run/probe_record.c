/* The file of a probe's spectra, in the layout of src/store/FORMAT.md. */
#include "record.h"

#include "skel/libraries.h"
#include "skel/memory.h"
#include "skel/probe.h"
#include "skel/run_file.h"
#include "skel/version.h"

#include <stdio.h>

static skel_status record_numbers(skel_file *file, const char *group,
                                  const skel_probe_result *result)
{
    const skel_spectrum *spectrum = &result->spectrum;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_set_integer(file, group, "kept", (int64_t)result->kept));
    SKEL_TRY(skel_file_set_double(file, group, "trace", spectrum->trace));
    SKEL_TRY(skel_file_set_integer(file, group, "rank", (int64_t)spectrum->rank));
    SKEL_TRY(skel_file_set_double(file, group, "condition", spectrum->condition));
    SKEL_TRY(skel_file_set_double(file, group, "effective_rank", spectrum->effective_rank));
    SKEL_TRY(skel_file_set_double(file, group, "gap", spectrum->gap));
done:
    return status;
}

static skel_status record_result(skel_file *file, const skel_probe_result *result)
{
    const skel_spectrum *spectrum = &result->spectrum;
    char group[128 + SKEL_NAME];
    char path[sizeof group + 16];
    skel_file_dataset values = {.path = path,
                                .element = SKEL_FLOAT64,
                                .dims = 1,
                                .shape = {spectrum->count},
                                .data = spectrum->values};
    skel_status status = SKEL_OK;

    (void)snprintf(group, sizeof group, "/%s/%s%s%s", skel_probe_kind_word(result->kind),
                   skel_probe_control_word(result->control), result->layer[0] != '\0' ? "/" : "",
                   result->layer);
    (void)snprintf(path, sizeof path, "%s/values", group);
    SKEL_TRY(skel_file_write(file, &values));
    if (spectrum->alignment != NULL) {
        (void)snprintf(path, sizeof path, "%s/alignment", group);
        values.data = spectrum->alignment;
        SKEL_TRY(skel_file_write(file, &values));
    }
    SKEL_TRY(record_numbers(file, group, result));
done:
    return status;
}

/* The commands whose spectra are in the file, and which file of the run they are of. */
static skel_status record_commands(skel_file *file, const char *at,
                                   const skel_invocation *invocation, const skel_probe *probe)
{
    skel_status status = SKEL_OK;

    if (probe->run_date[0] != '\0') {
        SKEL_TRY(skel_file_set_text(file, at, "run_date", probe->run_date));
    }
    SKEL_TRY(skel_file_set_text(file, at, "command_line", invocation->command_line));
    if (probe->earlier != NULL && probe->earlier[0] != '\0') {
        SKEL_TRY(skel_file_set_text(file, at, "earlier", probe->earlier));
    }
    SKEL_TRY(skel_file_set_text(file, at, "scheduler", invocation->scheduler));
done:
    return status;
}

/* What repeats the probe: the run, its images, the seed. */
static skel_status record_conditions(skel_file *file, const skel_assignment *assignment,
                                     const skel_probe_options *options, const skel_probe *probe)
{
    static const char at[] = "/provenance";
    char libraries[SKEL_LIBRARIES_TEXT];
    char *job = NULL;
    skel_status status = SKEL_OK;

    skel_libraries_text(libraries);
    SKEL_TRY(skel_comm_agree(assignment->comm, skel_job_print(assignment->job, &job)));
    SKEL_TRY(skel_file_set_text(file, at, "run", assignment->path));
    SKEL_TRY(skel_file_set_text(file, at, "job", job));
    SKEL_TRY(skel_file_set_text(file, at, "weights", options->trained ? "trained" : "initial"));
    SKEL_TRY(skel_file_set_text(file, at, "outputs", options->sum ? "sum" : "logits"));
    SKEL_TRY(skel_file_set_integer(file, at, "samples", (int64_t)options->samples));
    SKEL_TRY(skel_file_set_integer(file, at, "seed", (int64_t)options->seed));
    SKEL_TRY(record_commands(file, at, assignment->invocation, probe));
    SKEL_TRY(skel_file_set_text(file, at, "git_revision", skel_revision()));
    SKEL_TRY(skel_file_set_text(file, at, "libraries", libraries));
    SKEL_TRY(skel_file_set_integer(file, at, "ranks", skel_comm_size(assignment->comm)));
    SKEL_TRY(skel_file_set_integer(file, at, "grid_rows", probe->grid_rows));
    SKEL_TRY(skel_file_set_integer(file, at, "grid_columns", probe->grid_columns));
done:
    SKEL_FREE(&job);
    return status;
}

skel_status skel_probe_record(const skel_assignment *assignment, const skel_probe_options *options,
                              const skel_probe *probe, const char *path)
{
    skel_file *file = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_file_create(assignment->comm, path, &file));
    SKEL_TRY(skel_record_stamp(assignment->comm, file, SKEL_SPECTRA_SCHEMA));
    SKEL_TRY(record_conditions(file, assignment, options, probe));
    for (size_t i = 0; i < probe->count; i++) {
        SKEL_TRY(record_result(file, &probe->result[i]));
    }
    status = skel_file_publish(&file);
done:
    skel_file_discard(&file);
    return status;
}
