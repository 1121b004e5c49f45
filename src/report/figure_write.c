/* Figures as files: NAME.tsv holds the numbers, NAME.gp draws them. A user changes either one, and
 * draws again by `gnuplot NAME.gp`. */
#include "figure_write.h"

#include "skel/capture.h"
#include "skel/texts.h"
#include "skel/writer.h"

#include "figure_plot.h"

enum { PATH_BYTES = 4096 };

static const double millimetres_per_point = 25.4 / 72.0;

/* The three formats have the same size and the same text of 8 points. Their units differ: svg
 * counts pixels of 1/96 inch, the cairo terminals scale a font by 4/3. svg sets the labels of a
 * horizontal axis lower, which `drop` makes up for. */
static const char formats[] =
    "do for [format in 'svg pdf png'] {\n"
    "if (format eq 'svg') {\n"
    "  set terminal svg size width*96/25.4, height*96/25.4 fixed standalone noenhanced \\\n"
    "    font 'Helvetica,10.667' linewidth 1 background rgb 'white'\n"
    "  drop = 0.45\n"
    "}\n"
    "if (format eq 'pdf') {\n"
    "  set terminal pdfcairo size width/10 cm, height/10 cm noenhanced font 'Helvetica,8' \\\n"
    "    fontscale 0.75 linewidth 1 pointscale 0.75\n"
    "  drop = 0.1\n"
    "}\n"
    "if (format eq 'png') {\n"
    "  set terminal pngcairo size width*300/25.4, height*300/25.4 noenhanced \\\n"
    "    font 'Helvetica,8' fontscale 3.125 linewidth 3.125 pointscale 3.125\n"
    "  drop = 0.1\n"
    "}\n";

/* The figure's file with an ending. */
static skel_status open_file(const char *dir, const char *name, const char *ending,
                             skel_writer *out)
{
    skel_texts file = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_texts_add(&file, "%s.%s", name, ending));
    status = skel_writer_open(dir, file.text[0], out);
done:
    skel_texts_clear(&file);
    return status;
}

static void write_heads(const skel_script *script)
{
    const skel_figure *figure = script->figure;

    (void)fprintf(script->data, "# ");
    skel_script_comment(script->data, figure->caption);
    (void)fprintf(script->data, "\n# %s.gp draws these numbers: gnuplot %s.gp\n", figure->name,
                  figure->name);
    (void)fprintf(script->gnuplot, "# ");
    skel_script_comment(script->gnuplot, figure->caption);
    (void)fprintf(script->gnuplot,
                  "# Draw again, after a change of this file or of %s.tsv: gnuplot %s.gp\n"
                  "set encoding utf8\n"
                  "data = '%s.tsv'\n"
                  "width = %.1f   # millimetres\n"
                  "height = %.1f\n",
                  figure->name, figure->name, figure->name,
                  SKEL_FIGURE_WIDTH * millimetres_per_point,
                  script->layout->height * millimetres_per_point);
    (void)fprintf(script->gnuplot, "%s", formats);
    (void)fprintf(script->gnuplot,
                  "set output '%s.'.format\n"
                  "set multiplot\n"
                  "set border lw 0.6\n"
                  "set tics scale 0.5\n"
                  "unset key\n",
                  figure->name);
}

static skel_status write_panels(skel_script *script)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < script->figure->panels; i++) {
        SKEL_TRY(skel_script_axes(script, i));
        if (script->figure->panel[i].map.rows > 0) {
            skel_plot_map(script, i);
        } else {
            SKEL_TRY(skel_plot_series(script, i));
        }
        (void)fprintf(script->gnuplot, "unset label\nunset arrow\n");
    }
done:
    return status;
}

skel_status skel_figure_write(const skel_figure *figure, const char *dir)
{
    skel_layout layout = {0};
    skel_script script = {.figure = figure, .layout = &layout};
    skel_writer data = {0};
    skel_writer gnuplot = {0};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_layout_make(figure, &layout));
    SKEL_TRY(open_file(dir, figure->name, "tsv", &data));
    SKEL_TRY(open_file(dir, figure->name, "gp", &gnuplot));
    script.data = data.file;
    script.gnuplot = gnuplot.file;
    write_heads(&script);
    skel_script_styles(&script);
    skel_script_key(&script);
    skel_script_note(&script);
    SKEL_TRY(write_panels(&script));
    (void)fprintf(script.gnuplot, "unset multiplot\nunset output\nreset\n}\n");
done:
    status = skel_writer_close(&data, status);
    status = skel_writer_close(&gnuplot, status);
    skel_layout_clear(&layout);
    return status;
}

/* The folder as a gnuplot command: the script's file names are relative to it. */
static skel_status enter_folder(const char *dir, char out[PATH_BYTES])
{
    size_t used = (size_t)snprintf(out, PATH_BYTES, "cd '");

    for (const char *c = dir; *c != '\0'; c++) {
        if (used + 5 > PATH_BYTES) {
            return SKEL_FAIL(SKEL_ERR_IO, "the path of folder %s is too long for gnuplot", dir);
        }
        out[used++] = *c;
        if (*c == '\'') {
            out[used++] = '\'';
        }
    }
    out[used++] = '\'';
    out[used] = '\0';
    return SKEL_OK;
}

skel_status skel_figure_draw(const skel_figure *figure, const char *dir)
{
    char folder[PATH_BYTES];
    char script[SKEL_FIGURE_NAME + 4];
    const char *const argv[] = {"gnuplot", "-d", "-e", folder, script, NULL};
    skel_capture capture = {0};
    skel_status status = SKEL_OK;

    (void)snprintf(script, sizeof script, "%s.gp", figure->name);
    SKEL_TRY(enter_folder(dir, folder));
    SKEL_TRY(skel_capture_run(argv, &capture));
    if (capture.exit_status != 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_IO, "gnuplot failed with exit status %d on %s/%s: %s",
                           capture.exit_status, dir, script, capture.messages));
    }
done:
    skel_capture_clear(&capture);
    return status;
}
