/* Measures of figures. The key stands below the panels, in as many columns as its longest name
 * lets, so that it never covers a point. */
#include "figure_layout.h"

#include "skel/memory.h"
#include "skel/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double character = 4.6; /* mean width of a character of 8 pt DejaVu Sans, which stands
                                        in for Helvetica where that is not there, and is wider */
static const double line_height = 10.5;
static const double sample_width = 24.0; /* of an entry's line and marker, and the gaps */
static const double margin = 4.0;
static const double scale_width = 30.0; /* of a map's colours with their numbers */
static const double tick_width = 11.0;  /* of a tick and its gap to the label */

double skel_layout_text_width(const char *text)
{
    return character * (double)skel_utf8_count(text);
}

size_t skel_layout_line(const char *text)
{
    const double width = SKEL_FIGURE_WIDTH - 2 * margin;
    const size_t end = strcspn(text, "\n");
    size_t fits = 0;
    size_t part = 0; /* that ends with ";" */
    size_t characters = 0;

    for (size_t i = 0; i < end; i++) {
        if (text[i] == ' ' && (fits == 0 || character * (double)characters <= width)) {
            fits = i;
            part = i > 0 && text[i - 1] == ';' ? i : part;
        }
        characters += !skel_utf8_continues(text[i]);
    }
    if (fits == 0 || character * (double)characters <= width) {
        return end;
    }
    return 2 * part > fits ? part : fits;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    while (*text != '\0') {
        text += skel_layout_line(text);
        text += *text != '\0'; /* a blank, or the line's end */
        lines++;
    }
    return lines;
}

void skel_layout_shorten(const char *text, size_t most, char out[SKEL_FIGURE_LABEL])
{
    size_t characters = skel_utf8_count(text);
    size_t front = (most - 1) / 2;

    if (characters <= most) {
        (void)snprintf(out, SKEL_FIGURE_LABEL, "%s", text);
    } else {
        (void)snprintf(out, SKEL_FIGURE_LABEL, "%.*s…%s", (int)skel_utf8_first(text, front), text,
                       text + skel_utf8_first(text, characters - (most - 1 - front)));
    }
}

static bool has_entry(const skel_layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->entries; i++) {
        if (strcmp(layout->entry[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_entry(skel_layout *layout, const char *name, size_t look, bool is_level)
{
    if (name[0] != '\0' && !has_entry(layout, name)) {
        layout->entry[layout->entries++] =
            (skel_entry){.name = name, .look = look, .is_level = is_level};
    }
}

/* Puts the latest entry behind those of the looks before it: the key's order is the same in all
 * figures. */
static void sort_latest(skel_layout *layout)
{
    for (size_t i = layout->entries; i > 1; i--) {
        skel_entry *entry = &layout->entry[i - 2];

        if (entry[0].look > entry[1].look) {
            skel_entry earlier = entry[0];

            entry[0] = entry[1];
            entry[1] = earlier;
        }
    }
}

static skel_status collect_entries(const skel_figure *figure, skel_layout *out)
{
    size_t most = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < figure->panels; i++) {
        most += figure->panel[i].serieses + figure->panel[i].levels;
    }
    status = SKEL_ALLOC(most, sizeof *out->entry, &out->entry);
    if (status != SKEL_OK) {
        return status;
    }
    for (size_t i = 0; i < figure->panels; i++) {
        for (size_t j = 0; j < figure->panel[i].serieses; j++) {
            add_entry(out, figure->panel[i].series[j].name, figure->panel[i].series[j].look, false);
            sort_latest(out);
        }
    }
    for (size_t i = 0; i < figure->panels; i++) {
        for (size_t j = 0; j < figure->panel[i].levels; j++) {
            const skel_level *level = &figure->panel[i].level[j];

            add_entry(out, level->name, level->dashes, true);
        }
    }
    return SKEL_OK;
}

static void measure_key(skel_layout *layout)
{
    double widest = 0.0;
    size_t rows = 0;

    for (size_t i = 0; i < layout->entries; i++) {
        widest = fmax(widest, skel_layout_text_width(layout->entry[i].name));
    }
    widest = fmin(widest, character * SKEL_LAYOUT_NAME);
    layout->key_columns =
        (size_t)fmax(1.0, floor((SKEL_FIGURE_WIDTH - 2 * margin) / (widest + sample_width)));
    if (layout->entries > 0 && layout->key_columns > layout->entries) {
        layout->key_columns = layout->entries;
    }
    rows = (layout->entries + layout->key_columns - 1) / layout->key_columns;
    layout->key_height = rows > 0 ? line_height * (double)rows + margin : 0.0;
}

static double widest_label(const skel_axis *axis)
{
    double widest = 0.0;

    for (size_t i = 0; i < axis->ticks; i++) {
        widest = fmax(widest, skel_layout_text_width(axis->tick[i].label));
    }
    return widest;
}

void skel_layout_label(skel_range range, double at, size_t size, char out[])
{
    int power = (int)floor(log10(at) + 1e-9);

    if (range.low < 1e-4 || range.high > 1e5) {
        (void)snprintf(out, size, "%.3ge%d", at / pow(10.0, power), power);
    } else {
        (void)snprintf(out, size, "%.4g", at);
    }
}

/* Width of the labels of a vertical axis whose ticks gnuplot chooses: about five, at round numbers.
 */
static double estimate_labels(const skel_panel *panel)
{
    skel_range range = skel_layout_range_y(panel);
    double step = floor(log10((range.high - range.low) / 5.0));
    char label[64];
    double widest = 0.0;

    if (panel->y.log) {
        int last = (int)floor(log10(range.high));

        for (int power = (int)floor(log10(range.low)); power <= last; power++) {
            skel_layout_label(range, pow(10.0, power), sizeof label, label);
            widest = fmax(widest, skel_layout_text_width(label));
        }
        return widest;
    }
    (void)snprintf(label, sizeof label, "%.*f", (int)fmin(9.0, fmax(0.0, -step)), range.high);
    return skel_layout_text_width(label);
}

bool skel_layout_has_room(size_t columns, size_t longest)
{
    double width =
        SKEL_FIGURE_WIDTH - scale_width - line_height - tick_width - character * (double)longest;

    return width >= (line_height - 3.0) * (double)columns;
}

/* Room around a panel, which all panels of a figure have alike. */
static void measure_margins(const skel_figure *figure, skel_layout *out)
{
    for (size_t i = 0; i < figure->panels; i++) {
        const skel_panel *panel = &figure->panel[i];
        double x_label = panel->x.label[0] != '\0' ? line_height + 1 : 0.0;
        double y_label = panel->y.label[0] != '\0' ? line_height + 2 : 0.0;
        double x_ticks = panel->x.rotated ? widest_label(&panel->x) + 9 : line_height + 1;
        double y_ticks = panel->y.ticks > 0 ? widest_label(&panel->y) + tick_width
                                            : fmax(20.0, estimate_labels(panel) + tick_width);
        double scale = panel->map.rows > 0 && !panel->map.is_mask ? scale_width : 8.0;

        scale += panel->map.label[0] != '\0' ? line_height + 8 : 0.0;

        if (panel->map.is_mask) {
            out->foot = fmax(out->foot, x_label);
            x_label = 0.0;
            x_ticks = 3.0;
            y_ticks = 3.0;
        }
        out->below = fmax(out->below, x_ticks + x_label);
        out->left = fmax(out->left, y_ticks + y_label);
        out->above = fmax(out->above, panel->title[0] != '\0' ? line_height + 3 : 6.0);
        out->right = fmax(out->right, scale);
    }
}

skel_status skel_layout_make(const skel_figure *figure, skel_layout *out)
{
    skel_status status = SKEL_OK;

    *out = (skel_layout){0};
    SKEL_TRY(collect_entries(figure, out));
    measure_key(out);
    measure_margins(figure, out);
    out->rows = (figure->panels + figure->columns - 1) / figure->columns;
    out->row_height = figure->panel_height + out->below + out->above;
    out->note_lines = count_lines(figure->note);
    out->note_height = out->note_lines > 0 ? line_height * (double)out->note_lines + 2.0 : 0.0;
    out->height = out->row_height * (double)out->rows + out->foot + out->key_height +
                  out->note_height + margin;
done:
    return status;
}

void skel_layout_clear(skel_layout *layout)
{
    SKEL_FREE(&layout->entry);
}

skel_frame skel_layout_frame(const skel_figure *figure, const skel_layout *layout, size_t index)
{
    size_t row = index / figure->columns;
    double width = SKEL_FIGURE_WIDTH / (double)figure->columns;
    double top = layout->height - layout->row_height * (double)row;
    double left = width * (double)(index % figure->columns);

    return (skel_frame){
        .left = left + layout->left,
        .right = left + width - layout->right,
        .bottom = top - layout->row_height + layout->below,
        .top = top - layout->above,
    };
}

void skel_layout_entry(const skel_layout *layout, size_t index, double *x, double *y)
{
    double width = (SKEL_FIGURE_WIDTH - 2 * margin) / (double)layout->key_columns;
    size_t rows = (layout->entries + layout->key_columns - 1) / layout->key_columns;
    size_t column = index / rows;

    *x = margin + width * (double)column;
    *y = layout->note_height + layout->key_height - line_height * ((double)(index % rows) + 0.5);
}

double skel_layout_note(const skel_layout *layout, size_t line)
{
    return 6.0 + line_height * (double)(layout->note_lines - 1 - line);
}

/* Place of a value on an axis, in points from its low end. */
static double place(const skel_axis *axis, skel_range range, double length, double at)
{
    return axis->log ? length * log(at / range.low) / log(range.high / range.low)
                     : length * (at - range.low) / (range.high - range.low);
}

void skel_layout_thin_ticks(const skel_axis *axis, bool is_along, skel_range range, double length,
                            bool shown[])
{
    double end = -(double)INFINITY; /* of the latest label that is shown */

    for (size_t i = 0; i < axis->ticks; i++) {
        double half = is_along ? 0.5 * skel_layout_text_width(axis->tick[i].label) + 1.5
                               : 0.5 * line_height - 1.5;
        double at = place(axis, range, length, axis->tick[i].at);

        shown[i] = at - half >= end;
        end = shown[i] ? at + half : end;
    }
}
