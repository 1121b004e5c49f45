/* Every swept key is a column: one that all sweeps have, or one of its own. */
#include "plan_list.h"

#include "skel/json.h"
#include "skel/memory.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

/* Whether each plan has the key as a column. */
static bool is_common(const char *key)
{
    static const char *const common[] = {"model.name", "data.set", "prune.method", "prune.sparsity",
                                         "seed"};

    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (strcmp(common[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* Width of a column with the name of a key at its head. */
static int width_of(const char *key)
{
    size_t length = strlen(key);

    return length > 10 ? (int)length : 10;
}

void skel_plan_head(const skel_sweep *sweep, skel_plan_format format)
{
    bool tsv = format == SKEL_PLAN_TSV;

    if (format == SKEL_PLAN_JSON) {
        return;
    }
    if (tsv) {
        printf("index\tstate\tmodel\tdata\tmethod\tremoved_percent\tseed");
    } else {
        printf("%5s  %-12s  %-14s %-14s %-20s %9s %5s", "index", "state", "model", "data", "method",
               "removed %", "seed");
    }
    for (size_t i = 0; i < sweep->axes; i++) {
        if (!is_common(sweep->axis[i])) {
            printf(tsv ? "\t%.*s" : "  %*s",
                   tsv ? (int)strlen(sweep->axis[i]) : width_of(sweep->axis[i]), sweep->axis[i]);
        }
    }
    if (tsv) {
        printf("\timages\tdense_images\tflop\tbytes\tseconds\tidentity\tfile\tdiffers\tplace\n");
    } else {
        printf(" %12s %12s %14s  %10s %14s\n", "images", "dense", "GFLOP", "memory", "time");
    }
}

/* The run's values of the sweep's other keys. */
static skel_status print_swept(const skel_sweep *sweep, const skel_plan_row *row, bool tsv)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; status == SKEL_OK && i < sweep->axes; i++) {
        char *value = NULL;

        if (is_common(sweep->axis[i])) {
            continue;
        }
        status = skel_job_print_value(&row->run->job, sweep->axis[i], &value);
        if (status == SKEL_OK) {
            printf(tsv ? "\t%.*s" : "  %*s", tsv ? (int)strlen(value) : width_of(sweep->axis[i]),
                   value);
        }
        SKEL_FREE(&value);
    }
    return status;
}

static skel_status print_text(const skel_sweep *sweep, const skel_plan_row *row)
{
    const skel_job *job = &row->run->job;
    char memory[SKEL_TEXT_BYTES];
    char seconds[SKEL_TEXT_DURATION] = "-";
    skel_status status = SKEL_OK;

    skel_text_bytes((double)row->cost.bytes, memory);
    if (row->seconds > 0) {
        skel_text_duration(row->seconds, seconds);
    }
    printf("%5zu  %-12s  %-14s %-14s %-20s %9.6g %5llu", row->index, row->state, job->model.name,
           job->data.set, job->prune.method, skel_sweep_removed(job, NULL),
           (unsigned long long)job->seed);
    status = print_swept(sweep, row, false);
    printf(" %12.0f %12.0f %14.1f  %10s %14s%s%s\n",
           row->cost.gradient_images + row->cost.forward_images, row->cost.dense_images,
           row->cost.flop * 1e-9, memory, seconds, row->place[0] != '\0' ? "  " : "", row->place);
    return status;
}

static skel_status print_tsv(const skel_sweep *sweep, const skel_plan_row *row)
{
    const skel_job *job = &row->run->job;
    skel_status status = SKEL_OK;

    printf("%zu\t%s\t%s\t%s\t%s\t%.10g\t%llu", row->index, row->state, job->model.name,
           job->data.set, job->prune.method, skel_sweep_removed(job, NULL),
           (unsigned long long)job->seed);
    status = print_swept(sweep, row, true);
    printf("\t%.0f\t%.0f\t%.17g\t%zu\t", row->cost.gradient_images + row->cost.forward_images,
           row->cost.dense_images, row->cost.flop, row->cost.bytes);
    if (row->seconds > 0) {
        printf("%.6g", row->seconds);
    }
    printf("\t%s\t%s\t%s\t%s\n", row->run->identity, row->run->file, row->differs, row->place);
    return status;
}

static skel_status add_swept(const skel_sweep *sweep, const skel_plan_row *row, skel_json *json)
{
    skel_status status = SKEL_OK;

    skel_json_open(json, "swept");
    for (size_t i = 0; status == SKEL_OK && i < sweep->axes; i++) {
        char *value = NULL;

        status = skel_job_print_value(&row->run->job, sweep->axis[i], &value);
        if (status == SKEL_OK) {
            skel_json_add_text(json, sweep->axis[i], value);
        }
        SKEL_FREE(&value);
    }
    skel_json_close(json);
    return status;
}

static void add_cost(const skel_plan_row *row, skel_json *json)
{
    skel_json_add_number(json, "images", row->cost.gradient_images + row->cost.forward_images);
    skel_json_add_number(json, "dense_images", row->cost.dense_images);
    skel_json_add_number(json, "flop", row->cost.flop);
    skel_json_add_count(json, "bytes", row->cost.bytes);
    if (row->seconds > 0) {
        skel_json_add_number(json, "seconds", row->seconds);
    } else {
        skel_json_add_null(json, "seconds");
    }
}

static skel_status print_json(const skel_sweep *sweep, const skel_plan_row *row)
{
    const skel_job *job = &row->run->job;
    skel_json *json = NULL;
    char *text = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_json_create(&json));
    skel_json_add_count(json, "index", row->index);
    skel_json_add_text(json, "state", row->state);
    skel_json_add_text(json, "model", job->model.name);
    skel_json_add_text(json, "data", job->data.set);
    skel_json_add_text(json, "method", job->prune.method);
    skel_json_add_number(json, "removed_percent", skel_sweep_removed(job, NULL));
    skel_json_add_count(json, "seed", job->seed);
    SKEL_TRY(add_swept(sweep, row, json));
    add_cost(row, json);
    skel_json_add_text(json, "identity", row->run->identity);
    skel_json_add_text(json, "file", row->run->file);
    skel_json_add_text(json, "differs", row->differs);
    skel_json_add_text(json, "place", row->place);
    SKEL_TRY(skel_json_print(json, &text));
    printf("%s\n", text);
done:
    SKEL_FREE(&text);
    skel_json_destroy(&json);
    return status;
}

skel_status skel_plan_print(const skel_sweep *sweep, skel_plan_format format,
                            const skel_plan_row *row)
{
    skel_status status = SKEL_OK;

    switch (format) {
    case SKEL_PLAN_TEXT:
        status = print_text(sweep, row);
        break;
    case SKEL_PLAN_TSV:
        status = print_tsv(sweep, row);
        break;
    case SKEL_PLAN_JSON:
        status = print_json(sweep, row);
        break;
    }
    return status;
}
