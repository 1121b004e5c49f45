/* What the figures of a section share. */
#include "plots.h"

#include "skel/memory.h"
#include "skel/reader.h"

#include "figure_layout.h"

#include <stdio.h>
#include <string.h>

/* Numbers of runs behind a mean: "3 seeds", "2 to 3 seeds". */
static void count_seeds(const skel_report_section *section, size_t size, char out[])
{
    size_t least = (size_t)-1;
    size_t most = 0;

    for (size_t i = 0; i < section->groups; i++) {
        size_t runs = section->group[i].runs;

        if (runs > 0 && !section->line[section->group[i].line].is_dense) {
            least = runs < least ? runs : least;
            most = runs > most ? runs : most;
        }
    }
    if (least < most) {
        (void)snprintf(out, size, "%zu to %zu seeds", least, most);
    } else {
        (void)snprintf(out, size, "%zu seed%s", most, most == 1 ? "" : "s");
    }
}

/* Lines whose runs keep another share of the weights than was asked for: "str, l0 and 2 others",
 * "3 methods" if no label has room. */
static size_t list_off(const skel_report_section *section, size_t size, char out[])
{
    size_t used = 0;
    size_t count = 0;
    size_t others = 0;
    size_t last = section->lines;

    for (size_t i = 0; i < section->groups; i++) {
        const char *label = section->line[section->group[i].line].label;

        if (!section->group[i].is_off || section->group[i].line == last) {
            continue;
        }
        last = section->group[i].line;
        count++;
        if (others > 0 || used + strlen(label) + 32 > size) {
            others++;
        } else {
            used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", label);
        }
    }
    if (others > 0) {
        (void)snprintf(out + used, size - used, "%s%zu %s%s", used > 0 ? " and " : "", others,
                       used > 0 ? "other" : "method", others == 1 ? "" : "s");
    }
    return count;
}

skel_status skel_plots_create(const skel_plots *plots, const char *name, const char *caption,
                              const char *note, skel_figure **out)
{
    const skel_report_section *section = plots->section;
    char full[SKEL_FIGURE_NAME];
    char text[SKEL_FIGURE_CAPTION];
    char off[160] = "";
    char seeds[64];
    size_t count = list_off(section, sizeof off, off);
    skel_status status = SKEL_OK;

    count_seeds(section, sizeof seeds, seeds);
    (void)snprintf(full, sizeof full, "%s%s", plots->prefix, name);
    (void)snprintf(text, sizeof text, "%s. %s on %s, %s.%s%s%s", caption, section->model,
                   section->data, seeds,
                   count > 0 ? " Another share of the weights than asked for: " : "", off,
                   count > 0 ? "." : "");
    status = skel_figure_create(full, text, out);
    if (status == SKEL_OK) {
        (void)snprintf((*out)->note, sizeof(*out)->note, "%s%s%s", note,
                       note[0] != '\0' ? "; " : "", seeds);
    }
    return status;
}

void skel_plots_note_undrawn(skel_figure *figure, size_t runs, const char *which)
{
    size_t used = strlen(figure->note);

    if (runs > 0) {
        (void)snprintf(figure->note + used, sizeof figure->note - used, "%snot drawn: %zu run%s %s",
                       used > 0 ? "; " : "", runs, runs == 1 ? "" : "s", which);
    }
}

void skel_plots_note_bands(skel_figure *figure)
{
    size_t used = strlen(figure->note);
    bool has_bands = false;

    for (size_t i = 0; i < figure->panels; i++) {
        const skel_panel *panel = &figure->panel[i];

        for (size_t j = 0; j < panel->serieses && panel->serieses <= SKEL_LAYOUT_BANDS; j++) {
            has_bands = has_bands || skel_series_has_band(&panel->series[j]);
        }
    }
    if (has_bands) {
        (void)snprintf(figure->note + used, sizeof figure->note - used, "; bands: 1 s.d.");
    }
}

const skel_report_run *skel_plots_run(const skel_plots *plots, const skel_report_group *group,
                                      size_t index)
{
    return &plots->report->run[group->run[index]];
}

size_t skel_plots_look(const skel_plots *plots, size_t line)
{
    size_t dense = 0;

    while (dense < line && plots->section->line[dense].is_dense) {
        dense++;
    }
    return line - dense;
}

size_t skel_plots_lines_at(const skel_plots *plots, double sparsity)
{
    const skel_report_section *section = plots->section;
    size_t count = 0;

    for (size_t i = 0; i < section->groups; i++) {
        const skel_report_group *group = &section->group[i];

        count +=
            group->runs > 0 && group->sparsity == sparsity && !section->line[group->line].is_dense;
    }
    return count;
}

/* The sparsity of a place among those where so many lines have runs; their number, if there is no
 * such place. */
static size_t find_shared(const skel_plots *plots, size_t least, size_t place, double *out)
{
    size_t count = 0;

    for (size_t i = 0; i < plots->section->sparsities && count <= place; i++) {
        if (skel_plots_lines_at(plots, plots->section->sparsity[i]) >= least) {
            *out = plots->section->sparsity[i];
            count++;
        }
    }
    return count;
}

size_t skel_plots_pick(const skel_plots *plots, size_t most, size_t least, double out[])
{
    double last = 0.0;
    size_t all = find_shared(plots, least, (size_t)-1, &last);
    size_t count = all < most ? all : most;

    for (size_t i = 0; i < count; i++) {
        (void)find_shared(plots, least, count > 1 ? i * (all - 1) / (count - 1) : all - 1, &out[i]);
    }
    return count;
}

void skel_plots_title(const skel_plots *plots, double sparsity, char out[SKEL_FIGURE_LABEL])
{
    const skel_report_section *section = plots->section;
    bool is_off = false;

    for (size_t i = 0; i < section->groups; i++) {
        is_off = is_off || (section->group[i].is_off && section->group[i].sparsity == sparsity);
    }
    (void)snprintf(out, SKEL_FIGURE_LABEL,
                   is_off ? "asked to keep %.4g %%" : "%.4g %% of the weights kept",
                   100.0 * (1.0 - sparsity));
}

skel_status skel_plots_pass_over(skel_plots *plots, skel_status status)
{
    if (status == SKEL_OK || status == SKEL_ERR_MEMORY) {
        return status;
    }
    plots->failure = skel_status_of_files(plots->failure, status);
    if (plots->unread++ == 0) {
        (void)snprintf(plots->reason, sizeof plots->reason, "%s", skel_error_message());
    }
    skel_error_clear();
    return SKEL_OK;
}

static skel_status read_one(const char *path, const char *dataset, size_t *count, double **values)
{
    skel_reader *reader = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    if (skel_reader_has(reader, dataset)) {
        SKEL_TRY(skel_reader_doubles(reader, dataset, count, values));
    }
done:
    return skel_reader_close(&reader, status);
}

skel_status skel_plots_read(skel_plots *plots, const skel_report_group *group, const char *dataset,
                            skel_columns *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_columns){.runs = group->runs};
    SKEL_TRY(SKEL_ALLOC(group->runs, sizeof *out->count, &out->count));
    SKEL_TRY(SKEL_ALLOC(group->runs, sizeof *out->value, &out->value));
    for (size_t i = 0; i < group->runs; i++) {
        status = read_one(skel_plots_run(plots, group, i)->path, dataset, &out->count[i],
                          &out->value[i]);
        out->count[i] = status == SKEL_OK ? out->count[i] : 0;
        out->rows = out->count[i] > out->rows ? out->count[i] : out->rows;
        SKEL_TRY(skel_plots_pass_over(plots, status));
    }
done:
    return status;
}

void skel_plots_free_columns(skel_columns *columns)
{
    for (size_t i = 0; columns->value != NULL && i < columns->runs; i++) {
        SKEL_FREE(&columns->value[i]);
    }
    SKEL_FREE(&columns->value);
    SKEL_FREE(&columns->count);
}

skel_average skel_plots_average(const skel_columns *columns, size_t row, double scale)
{
    skel_running running = {0};

    for (size_t i = 0; i < columns->runs; i++) {
        if (row < columns->count[i]) {
            skel_running_add(&running, scale * columns->value[i][row]);
        }
    }
    return skel_average_make((double)row + 1, &running);
}
