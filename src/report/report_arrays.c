/* A report as labelled arrays. For each section two groups: /SECTION/groups has arrays [line]
 * [sparsity], /SECTION/runs has an element for each run. */
#include "report_arrays.h"

#include "skel/file.h"
#include "skel/memory.h"
#include "skel/version.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PATH = 512 };

/* A section that is being written. */
typedef struct arrays {
    skel_file *file;
    const skel_report *report;
    const skel_report_section *section;
    char at[256]; /* path of its group */
    size_t number;
    size_t sparsities; /* that of dense lines, 0, too */
    double *sparsity;
    double *cell; /* [lines][sparsities] */
} arrays;

/* Estimates of a group's numbers that are written, by name. */
static const struct {
    const char *name;
    skel_report_number number;
    const char *units;
} numbers[] = {
    {"test_accuracy", SKEL_REPORT_TEST_ACCURACY, NULL},
    {"test_loss", SKEL_REPORT_TEST_LOSS, "nat"},
    {"sparsity_reached", SKEL_REPORT_SPARSITY_REACHED, NULL},
    {"sparsity_effective", SKEL_REPORT_SPARSITY_EFFECTIVE, NULL},
    {"kept", SKEL_REPORT_KEPT, "weights"},
    {"kept_effective", SKEL_REPORT_KEPT_EFFECTIVE, "weights"},
    {"collapsed_layers", SKEL_REPORT_COLLAPSED_LAYERS, NULL},
    {"connected", SKEL_REPORT_CONNECTED, NULL},
    {"objective", SKEL_REPORT_OBJECTIVE, NULL},
    {"gradient_norm", SKEL_REPORT_GRADIENT_NORM, NULL},
    {"macs_dense", SKEL_REPORT_MACS_DENSE, "MAC/image"},
    {"macs_kept", SKEL_REPORT_MACS_KEPT, "MAC/image"},
    {"mask_macs", SKEL_REPORT_MASK_MACS, "MAC"},
    {"training_macs", SKEL_REPORT_TRAINING_MACS, "MAC"},
    {"train_images_per_second", SKEL_REPORT_TRAIN_SPEED, "images/s"},
    {"test_images_per_second", SKEL_REPORT_TEST_SPEED, "images/s"},
    {"seconds_prune", SKEL_REPORT_SECONDS_PRUNE, "s"},
    {"seconds_train", SKEL_REPORT_SECONDS_TRAIN, "s"},
    {"seconds", SKEL_REPORT_SECONDS, "s"},
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* A dataset of one dimension, with a scale; of itself it is one. */
static skel_status write_column(const arrays *out, const char *group, const char *name,
                                size_t count, const double values[], const char *units,
                                const char *scale)
{
    char path[PATH];
    char scale_path[PATH];
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/%s/%s", out->at, group, name);
    SKEL_TRY(skel_file_write(out->file, &(skel_file_dataset){.path = path,
                                                             .element = SKEL_FLOAT64,
                                                             .dims = 1,
                                                             .shape = {count},
                                                             .data = values,
                                                             .units = units}));
    if (scale != NULL) {
        (void)snprintf(scale_path, sizeof scale_path, "%s/%s/%s", out->at, group, scale);
        SKEL_TRY(skel_file_set_scale(out->file, path, 0, scale_path));
    }
done:
    return status;
}

static skel_status write_count(const arrays *out, const char *group, const char *name, size_t count,
                               const int64_t values[], const char *scale)
{
    char path[PATH];
    char scale_path[PATH];
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/%s/%s", out->at, group, name);
    SKEL_TRY(skel_file_write(
        out->file,
        &(skel_file_dataset){
            .path = path, .element = SKEL_INT64, .dims = 1, .shape = {count}, .data = values}));
    if (scale != NULL) {
        (void)snprintf(scale_path, sizeof scale_path, "%s/%s/%s", out->at, group, scale);
        SKEL_TRY(skel_file_set_scale(out->file, path, 0, scale_path));
    }
done:
    return status;
}

/* Numbers from 0, the scale of a dimension whose elements have names. */
static skel_status write_index(const arrays *out, const char *group, const char *name, size_t count)
{
    int64_t *index = NULL;
    skel_status status = SKEL_ALLOC(count, sizeof *index, &index);

    for (size_t i = 0; i < count && status == SKEL_OK; i++) {
        index[i] = (int64_t)i;
    }
    if (status == SKEL_OK) {
        status = write_count(out, group, name, count, index, NULL);
    }
    SKEL_FREE(&index);
    return status;
}

static skel_status write_names(const arrays *out, const char *group, const char *name,
                               const skel_texts *texts, const char *scale)
{
    char path[PATH];
    char rows[PATH];
    char bytes[PATH];
    size_t width = 0;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/%s/%s", out->at, group, name);
    (void)snprintf(rows, sizeof rows, "%s/%s/%s", out->at, group, scale);
    (void)snprintf(bytes, sizeof bytes, "/%s_bytes_%zu", name, out->number);
    SKEL_TRY(skel_file_write_texts(out->file, path, texts->count, (const char *const *)texts->text,
                                   &width));
    SKEL_TRY(skel_file_write_extent(out->file, bytes, width));
    SKEL_TRY(skel_file_set_scale(out->file, path, 0, rows));
    SKEL_TRY(skel_file_set_scale(out->file, path, 1, bytes));
done:
    return status;
}

static skel_status write_cells(const arrays *out, const char *number, const char *part,
                               const char *units)
{
    char path[PATH];
    char scale[PATH];
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/groups/%s%s", out->at, number, part);
    SKEL_TRY(skel_file_write(out->file,
                             &(skel_file_dataset){.path = path,
                                                  .element = SKEL_FLOAT64,
                                                  .dims = 2,
                                                  .shape = {out->section->lines, out->sparsities},
                                                  .data = out->cell,
                                                  .units = units}));
    (void)snprintf(scale, sizeof scale, "%s/groups/line", out->at);
    SKEL_TRY(skel_file_set_scale(out->file, path, 0, scale));
    (void)snprintf(scale, sizeof scale, "%s/groups/sparsity", out->at);
    SKEL_TRY(skel_file_set_scale(out->file, path, 1, scale));
    SKEL_TRY(skel_file_set_text(out->file, path, "coordinates", "label"));
done:
    return status;
}

static double part_of(const skel_estimate *estimate, size_t part)
{
    const double parts[] = {estimate->mean, estimate->deviation, estimate->low, estimate->high,
                            (double)estimate->count};

    return parts[part];
}

/* Values of one number of all runs of a group. */
static skel_status estimate_of(const arrays *out, const skel_report_group *group,
                               skel_report_number number, skel_estimate *estimate)
{
    double *values = NULL;
    skel_status status = SKEL_ALLOC(group->runs, sizeof *values, &values);

    for (size_t i = 0; i < group->runs && status == SKEL_OK; i++) {
        values[i] = out->report->run[group->run[i]].number[number];
    }
    if (status == SKEL_OK) {
        skel_estimate_make(group->runs, values, estimate);
    }
    SKEL_FREE(&values);
    return status;
}

static skel_status write_number(const arrays *out, size_t number)
{
    static const char *const parts[] = {"", "_deviation", "_low", "_high", "_runs"};
    const skel_report_section *section = out->section;
    skel_estimate estimate;
    skel_status status = SKEL_OK;

    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        for (size_t i = 0; i < section->lines * out->sparsities; i++) {
            out->cell[i] = part == 4 ? 0 : (double)NAN;
        }
        for (size_t i = 0; i < section->groups; i++) {
            const skel_report_group *group = &section->group[i];
            size_t column = 0;

            while (out->sparsity[column] != group->sparsity) {
                column++;
            }
            SKEL_TRY(estimate_of(out, group, numbers[number].number, &estimate));
            out->cell[group->line * out->sparsities + column] = part_of(&estimate, part);
        }
        SKEL_TRY(write_cells(out, numbers[number].name, parts[part],
                             part < 4 ? numbers[number].units : NULL));
    }
done:
    return status;
}

static skel_status write_groups(const arrays *out)
{
    skel_texts labels = {0};
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < out->section->lines; i++) {
        SKEL_TRY(skel_texts_add(&labels, "%s", out->section->line[i].label));
    }
    SKEL_TRY(write_index(out, "groups", "line", out->section->lines));
    SKEL_TRY(write_column(out, "groups", "sparsity", out->sparsities, out->sparsity, NULL, NULL));
    SKEL_TRY(write_names(out, "groups", "label", &labels, "line"));
    for (size_t i = 0; i < NUMBERS; i++) {
        SKEL_TRY(write_number(out, i));
    }
done:
    skel_texts_clear(&labels);
    return status;
}

/* Places of the section's runs in the report, and their groups. */
typedef struct places {
    size_t count;
    size_t *run;
    int64_t *line;
    int64_t *seed;
    double *value;
} places;

static skel_status find_places(const arrays *out, places *all)
{
    size_t room = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < out->section->groups; i++) {
        room += out->section->group[i].runs;
    }
    SKEL_TRY(SKEL_ALLOC(room, sizeof *all->run, &all->run));
    SKEL_TRY(SKEL_ALLOC(room, sizeof *all->line, &all->line));
    SKEL_TRY(SKEL_ALLOC(room, sizeof *all->seed, &all->seed));
    SKEL_TRY(SKEL_ALLOC(room, sizeof *all->value, &all->value));
    for (size_t i = 0; i < out->section->groups; i++) {
        const skel_report_group *group = &out->section->group[i];

        for (size_t k = 0; k < group->runs; k++) {
            all->run[all->count] = group->run[k];
            all->line[all->count] = (int64_t)group->line;
            all->seed[all->count] = (int64_t)out->report->run[group->run[k]].seed;
            all->count++;
        }
    }
done:
    return status;
}

static skel_status write_run_numbers(const arrays *out, places *all)
{
    char path[PATH];
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < all->count; i++) {
        all->value[i] = out->report->run[all->run[i]].number[SKEL_REPORT_SPARSITY];
    }
    SKEL_TRY(write_column(out, "runs", "sparsity", all->count, all->value, NULL, "run"));
    for (size_t n = 0; n < NUMBERS; n++) {
        for (size_t i = 0; i < all->count; i++) {
            all->value[i] = out->report->run[all->run[i]].number[numbers[n].number];
        }
        SKEL_TRY(write_column(out, "runs", numbers[n].name, all->count, all->value,
                              numbers[n].units, "run"));
        (void)snprintf(path, sizeof path, "%s/runs/%s", out->at, numbers[n].name);
        SKEL_TRY(
            skel_file_set_text(out->file, path, "coordinates", "line sparsity seed method file"));
    }
done:
    return status;
}

static skel_status write_runs(const arrays *out)
{
    places all = {0};
    skel_texts files = {0};
    skel_texts methods = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(find_places(out, &all));
    for (size_t i = 0; i < all.count; i++) {
        SKEL_TRY(skel_texts_add(&files, "%s", out->report->run[all.run[i]].path));
        SKEL_TRY(skel_texts_add(&methods, "%s", out->report->run[all.run[i]].method));
    }
    SKEL_TRY(write_index(out, "runs", "run", all.count));
    SKEL_TRY(write_count(out, "runs", "line", all.count, all.line, "run"));
    SKEL_TRY(write_count(out, "runs", "seed", all.count, all.seed, "run"));
    SKEL_TRY(write_names(out, "runs", "method", &methods, "run"));
    SKEL_TRY(write_names(out, "runs", "file", &files, "run"));
    SKEL_TRY(write_run_numbers(out, &all));
done:
    skel_texts_clear(&files);
    skel_texts_clear(&methods);
    SKEL_FREE(&all.run);
    SKEL_FREE(&all.line);
    SKEL_FREE(&all.seed);
    SKEL_FREE(&all.value);
    return status;
}

/* The sparsities of all lines; that of dense ones is 0. */
static skel_status list_sparsities(arrays *out)
{
    const skel_report_section *section = out->section;
    bool has_dense = section->lines > 0 && section->line[0].is_dense;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(section->sparsities + 1, sizeof(double), &out->sparsity));
    out->sparsities = section->sparsities + has_dense;
    memcpy(out->sparsity + has_dense, section->sparsity, section->sparsities * sizeof(double));
    SKEL_TRY(SKEL_ALLOC(section->lines * out->sparsities, sizeof(double), &out->cell));
done:
    return status;
}

static skel_status write_section(arrays *out)
{
    skel_status status = SKEL_OK;

    (void)snprintf(out->at, sizeof out->at, "/%s", out->section->name);
    SKEL_TRY(list_sparsities(out));
    SKEL_TRY(skel_file_set_text(out->file, out->at, "data", out->section->data));
    SKEL_TRY(skel_file_set_text(out->file, out->at, "model", out->section->model));
    SKEL_TRY(skel_file_set_double(out->file, out->at, "chance", out->section->chance));
    SKEL_TRY(write_groups(out));
    SKEL_TRY(write_runs(out));
done:
    SKEL_FREE(&out->sparsity);
    SKEL_FREE(&out->cell);
    return status;
}

skel_status skel_report_arrays_write(const skel_report *report, const char *dir)
{
    skel_comm *self = NULL;
    skel_file *file = NULL;
    skel_texts path = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_texts_add(&path, "%s/summary.h5", dir));
    SKEL_TRY(skel_file_create(self, path.text[0], &file));
    SKEL_TRY(skel_file_set_text(file, "/", "schema_name", "skel-summary"));
    SKEL_TRY(skel_file_set_integer(file, "/", "schema_version", 1));
    SKEL_TRY(skel_file_set_text(file, "/", "software", "skel"));
    SKEL_TRY(skel_file_set_text(file, "/", "software_version", skel_version()));
    for (size_t i = 0; i < report->sections; i++) {
        arrays out = {.file = file, .report = report, .section = &report->section[i], .number = i};

        if (report->section[i].groups > 0) {
            SKEL_TRY(write_section(&out));
        }
    }
    SKEL_TRY(skel_file_publish(&file));
done:
    skel_file_discard(&file);
    skel_texts_clear(&path);
    skel_comm_destroy(&self);
    return status;
}
