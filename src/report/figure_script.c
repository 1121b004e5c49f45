/* What all panels of a script have: texts, styles, key, axes. */
#include "figure_script.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* The colours of Okabe and Ito 2008 (Color Universal Design), which people with any colour vision
 * tell apart; a dark red in place of their yellow, which is too light for lines on white. */
static const char *const colours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                      "#E69F00", "#56B4E9", "#000000", "#882255"};

/* gnuplot's markers, the easiest to tell apart first. In grey, marker and dashes together tell the
 * series apart. */
static const int markers[] = {7, 5, 9, 11, 13, 6, 4, 8, 10, 12, 2, 1, 15, 14, 3};

enum {
    COLOURS = sizeof colours / sizeof colours[0],
    MARKERS = sizeof markers / sizeof markers[0],
    DASHES = 4,
};

/* gnuplot's dashes of the reference lines; the last ones are dots. */
static const int dashes_of_levels[SKEL_FIGURE_LEVELS] = {2, 4, 5, 3};

static bool is_control(char c)
{
    return (unsigned char)c < 0x20U || c == 0x7F;
}

void skel_script_text(FILE *file, const char *text, bool is_format)
{
    (void)fputc('\'', file);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'' || (is_format && *c == '%')) {
            (void)fputc(*c, file);
        }
        (void)fputc(is_control(*c) ? ' ' : *c, file);
    }
    (void)fputc('\'', file);
}

void skel_script_comment(FILE *file, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        /* a backslash at its end would continue a comment of gnuplot in the next line */
        (void)fputc(is_control(*c) ? ' ' : *c == '\\' ? '/' : *c, file);
    }
    (void)fputc('\n', file);
}

void skel_script_styles(const skel_script *script)
{
    const skel_layout *layout = script->layout;

    for (size_t i = 0; i < layout->entries; i++) {
        size_t look = layout->entry[i].look;

        if (layout->entry[i].is_level) {
            (void)fprintf(script->gnuplot, "set style line %zu lc rgb '#000000' dt %d lw 1\n",
                          SKEL_SCRIPT_LEVEL + look, dashes_of_levels[look]);
        } else {
            (void)fprintf(script->gnuplot, "set style line %zu lc rgb '%s' pt %d dt %zu lw 1.2\n",
                          look + 1, colours[look % COLOURS], markers[look % MARKERS],
                          1 + look / COLOURS % DASHES);
        }
    }
}

/* A text at a place of the page, in points. */
static void write_label(const skel_script *script, const char *text, double x, double y,
                        const char *how)
{
    if (text[0] != '\0') {
        (void)fprintf(script->gnuplot, "set label ");
        skel_script_text(script->gnuplot, text, false);
        (void)fprintf(script->gnuplot, " at screen %.4f,%.4f %s\n", x / SKEL_FIGURE_WIDTH,
                      y / script->layout->height, how);
    }
}

void skel_script_key(const skel_script *script)
{
    const skel_layout *layout = script->layout;

    for (size_t i = 0; i < layout->entries; i++) {
        const skel_entry *entry = &layout->entry[i];
        size_t style = entry->is_level ? SKEL_SCRIPT_LEVEL + entry->look : entry->look + 1;
        char name[SKEL_FIGURE_LABEL];
        double x = 0.0;
        double y = 0.0;

        skel_layout_shorten(entry->name, SKEL_LAYOUT_NAME, name);
        skel_layout_entry(layout, i, &x, &y);
        y /= layout->height;
        (void)fprintf(script->gnuplot,
                      "set arrow from screen %.4f,%.4f to screen %.4f,%.4f nohead ls %zu front\n",
                      x / SKEL_FIGURE_WIDTH, y, (x + 16.0) / SKEL_FIGURE_WIDTH, y, style);
        if (!entry->is_level) {
            (void)fprintf(script->gnuplot,
                          "set label '' at screen %.4f,%.4f point ls %zu ps 0.6 front\n",
                          (x + 8.0) / SKEL_FIGURE_WIDTH, y, style);
        }
        (void)fprintf(script->gnuplot, "set label ");
        skel_script_text(script->gnuplot, name, false);
        (void)fprintf(script->gnuplot, " at screen %.4f,%.4f left front\n",
                      (x + 20.0) / SKEL_FIGURE_WIDTH, y);
    }
}

void skel_script_note(const skel_script *script)
{
    char line[SKEL_FIGURE_NOTE];
    size_t length = 0;
    size_t lines = 0;

    for (const char *at = script->figure->note; *at != '\0'; at += length + (at[length] != '\0')) {
        length = skel_layout_line(at);
        (void)snprintf(line, sizeof line, "%.*s", (int)length, at);
        write_label(script, line, 4.0, skel_layout_note(script->layout, lines++), "left");
    }
}

static void write_ticks(FILE *file, char axis, const skel_axis *ticks, const bool shown[])
{
    const char *turned = ticks->rotated ? " rotate by 90 right"
                         : axis == 'x'  ? " norotate offset 0,drop"
                                        : " norotate";

    (void)fprintf(file, "set %ctics nomirror ", axis);
    for (size_t i = 0; i < ticks->ticks; i++) {
        (void)fprintf(file, "%s", i > 0 ? ", " : "(");
        skel_script_text(file, shown[i] ? ticks->tick[i].label : "", true);
        (void)fprintf(file, " %.12g", ticks->tick[i].at);
    }
    (void)fprintf(file, "%s%s\n", ticks->ticks > 0 ? ")" : "autofreq", turned);
}

static const double steps[] = {1.0, 2.0, 5.0};

double skel_script_step(double length)
{
    double wanted = length / 4.0;
    double step = pow(10.0, floor(log10(wanted)));
    size_t chosen = 0;

    while (chosen + 1 < sizeof steps / sizeof *steps && steps[chosen + 1] * step <= wanted) {
        chosen++;
    }
    return steps[chosen] * step;
}

/* Ticks of a range that has room for few powers of ten: equal distances, at round numbers. */
static skel_status add_equal(skel_axis *axis, skel_range range)
{
    double step = skel_script_step(range.high - range.low);
    char label[32];
    skel_status status = SKEL_OK;

    for (int i = (int)ceil(range.low / step); i * step <= range.high && status == SKEL_OK; i++) {
        skel_layout_label(range, i * step, sizeof label, label);
        status = skel_axis_add_tick(axis, i * step, label);
    }
    return status;
}

/* Ticks of a logarithmic axis: gnuplot would set one at each power of ten alone. */
static skel_status add_decades(skel_axis *axis, skel_range range)
{
    double ratio = range.high / range.low;
    int last = (int)floor(log10(range.high));
    char label[32];
    skel_status status = SKEL_OK;

    if (ratio < 8.0) {
        return add_equal(axis, range);
    }
    for (int power = (int)floor(log10(range.low)); power <= last; power++) {
        for (size_t i = 0; i < (ratio > 1000.0 ? 1 : 3); i++) {
            double at = steps[i] * pow(10.0, power);

            if (at >= range.low && at <= range.high) {
                skel_layout_label(range, at, sizeof label, label);
                SKEL_TRY(skel_axis_add_tick(axis, at, label));
            }
        }
    }
done:
    return status;
}

/* Range, scale and ticks of one axis. */
static skel_status write_axis(const skel_script *script, char letter, const skel_axis *axis,
                              skel_range range, double length)
{
    FILE *file = script->gnuplot;
    skel_axis decades = {.log = axis->log};
    const skel_axis *ticks = axis;
    bool *shown = NULL;
    skel_status status = SKEL_OK;

    if (axis->log && axis->ticks == 0) {
        SKEL_TRY(add_decades(&decades, range));
        ticks = &decades;
    }
    SKEL_TRY(SKEL_ALLOC(ticks->ticks, sizeof *shown, &shown));
    skel_layout_thin_ticks(ticks, letter == 'x' && !axis->rotated, range, length, shown);
    (void)fprintf(file, "%s logscale %c\n", axis->log ? "set" : "unset", letter);
    (void)fprintf(file, "set %crange [%.12g:%.12g]\n", letter,
                  axis->reversed ? range.high : range.low, axis->reversed ? range.low : range.high);
    (void)fprintf(file, "set format %c '%%g'\nunset m%ctics\n", letter, letter);
    write_ticks(file, letter, ticks, shown);
done:
    SKEL_FREE(&shown);
    SKEL_FREE(&decades.tick);
    return status;
}

/* A panel with the same axis as the one before it in its row: one label for both is enough. */
static bool shares_label(const skel_script *script, size_t index)
{
    const skel_panel *panel = &script->figure->panel[index];

    return script->figure->columns > 1 && !panel->map.is_mask &&
           index % script->figure->columns > 0 && strcmp(panel[-1].x.label, panel->x.label) == 0;
}

/* The label of a horizontal axis, in the middle of the panels that share it. */
static void write_x_label(const skel_script *script, size_t index, skel_frame frame, double foot)
{
    size_t last = index;

    if (shares_label(script, index)) {
        return;
    }
    while (last + 1 < script->figure->panels && shares_label(script, last + 1)) {
        last++;
    }
    frame.right = skel_layout_frame(script->figure, script->layout, last).right;
    write_label(script, script->figure->panel[index].x.label, 0.5 * (frame.left + frame.right),
                frame.bottom - script->layout->below - foot + 6.0, "center");
}

/* Title and labels of the axes. gnuplot's own stand in another place in each format. */
static void write_labels(const skel_script *script, size_t index, skel_frame frame)
{
    const skel_panel *panel = &script->figure->panel[index];
    double width = skel_layout_text_width(panel->title);
    double end = frame.right + script->layout->right; /* of the panel's part of the page */
    double middle = 0.5 * (frame.left + frame.right);

    if (panel->map.is_mask) { /* it stands above all panels of its row */
        write_label(script, panel->title, frame.left, frame.top + 6.0, "left");
    } else {
        write_label(script, panel->title, fmin(middle, end - 0.5 * width), frame.top + 6.0,
                    "center");
    }
    write_x_label(script, index, frame, panel->map.is_mask ? script->layout->foot : 0.0);
    write_label(script, panel->map.label, end - 7.0, 0.5 * (frame.bottom + frame.top),
                "center rotate by 90");
    write_label(script, panel->y.label, frame.left - script->layout->left + 7.0,
                0.5 * (frame.bottom + frame.top), "center rotate by 90");
}

skel_status skel_script_axes(const skel_script *script, size_t index)
{
    const skel_panel *panel = &script->figure->panel[index];
    skel_frame frame = skel_layout_frame(script->figure, script->layout, index);
    FILE *file = script->gnuplot;
    double height = script->layout->height;
    skel_status status = SKEL_OK;

    (void)fprintf(file, "\n# panel %zu\n", index + 1);
    (void)fprintf(file, "set lmargin at screen %.4f\nset rmargin at screen %.4f\n",
                  frame.left / SKEL_FIGURE_WIDTH, frame.right / SKEL_FIGURE_WIDTH);
    (void)fprintf(file, "set bmargin at screen %.4f\nset tmargin at screen %.4f\n",
                  frame.bottom / height, frame.top / height);
    write_labels(script, index, frame);
    SKEL_TRY(
        write_axis(script, 'x', &panel->x, skel_layout_range_x(panel), frame.right - frame.left));
    SKEL_TRY(
        write_axis(script, 'y', &panel->y, skel_layout_range_y(panel), frame.top - frame.bottom));
done:
    return status;
}
