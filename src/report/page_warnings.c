/* The warnings of a page: of files, of figures, and of the runs. */
#include "page.h"

#include "skel/journal.h"

#include <unistd.h>

enum {
    MOST_LINES = 500, /* of runs: more make the page too large to be read */
    MOST_OPEN = 12,   /* longer lists are closed at first */
    PATH_BYTES = 4096,
};

/* What the runs that are done have warned of. */
typedef struct run_warnings {
    size_t done;      /* runs */
    size_t warned;    /* runs */
    size_t unwritten; /* runs without a journal */
    size_t count;     /* warnings */
} run_warnings;

static bool has_journal(const skel_report_run *run)
{
    char path[PATH_BYTES];

    skel_journal_path(run->path, sizeof path, path);
    return access(path, F_OK) == 0;
}

static run_warnings count_warnings(const skel_report *report)
{
    run_warnings out = {0};

    for (size_t i = 0; i < report->runs; i++) {
        const skel_report_run *run = &report->run[i];

        if (run->state == SKEL_REPORT_DONE) {
            out.done++;
            out.warned += run->warnings.count > 0;
            out.unwritten += run->warnings.count == 0 && !has_journal(run);
            out.count += run->warnings.count;
        }
    }
    return out;
}

/* "NAME.h5: layer collapse: ...", a line for each run and warning. */
static void write_list(FILE *file, const skel_report *report)
{
    size_t lines = 0;

    (void)fprintf(file, "<ul class=\"small\">\n");
    for (size_t i = 0; i < report->runs; i++) {
        const skel_report_run *run = &report->run[i];

        for (size_t j = 0; run->state == SKEL_REPORT_DONE && j < run->warnings.count; j++) {
            if (lines++ < MOST_LINES) {
                (void)fprintf(file, "<li>");
                skel_page_text(file, run->path);
                (void)fprintf(file, ": ");
                skel_page_text(file, run->warnings.text[j]);
                (void)fprintf(file, "</li>\n");
            }
        }
    }
    if (lines > MOST_LINES) {
        (void)fprintf(file, "<li>%zu more, in the journals of the runs</li>\n", lines - MOST_LINES);
    }
    (void)fprintf(file, "</ul>\n");
}

static void write_files(FILE *file, const skel_report *report, const skel_report_figures *figures)
{
    (void)fprintf(file, "<ul>\n");
    for (size_t i = 0; i < report->warnings.count; i++) {
        (void)fprintf(file, "<li>");
        skel_page_text(file, report->warnings.text[i]);
        (void)fprintf(file, "</li>\n");
    }
    if (figures->undrawn > 0) {
        (void)fprintf(file, "<li>%zu figure%s not drawn: ", figures->undrawn,
                      figures->undrawn == 1 ? " is" : "s are");
        skel_page_text(file, figures->problem);
        (void)fprintf(file, "</li>\n");
    }
    if (figures->unread > 0) {
        (void)fprintf(file, "<li>Figures leave out %zu dataset%s that cannot be read, first: ",
                      figures->unread, figures->unread == 1 ? "" : "s");
        skel_page_text(file, figures->reason);
        (void)fprintf(file, "</li>\n");
    }
    (void)fprintf(file, "</ul>\n");
}

void skel_page_warnings(FILE *file, const skel_report *report, const skel_report_figures *figures)
{
    const run_warnings runs = count_warnings(report);
    size_t of_files = report->warnings.count + (figures->undrawn > 0) + (figures->unread > 0);

    if (of_files + runs.warned == 0) {
        (void)fprintf(file, "<p>No warnings.</p>\n");
    } else {
        (void)fprintf(file, "<section class=\"warnings\" aria-labelledby=\"warnings\">\n"
                            "<h2 id=\"warnings\">Warnings</h2>\n");
    }
    if (of_files > 0) {
        write_files(file, report, figures);
    }
    if (runs.warned > 0) {
        (void)fprintf(file, "<details%s><summary>Of %zu runs that are done, %zu warned</summary>\n",
                      runs.count <= MOST_OPEN ? " open" : "", runs.done, runs.warned);
        write_list(file, report);
        (void)fprintf(file, "</details>\n");
    }
    if (of_files + runs.warned > 0) {
        (void)fprintf(file, "</section>\n");
    }
    if (runs.unwritten > 0) {
        (void)fprintf(file,
                      "<p class=\"small\">%zu run%s no journal, which would keep warnings.</p>\n",
                      runs.unwritten, runs.unwritten == 1 ? " has" : "s have");
    }
}
