/* The page of a report, from top to bottom: warnings, then sections with figures, tables and
 * settings, then all runs with their provenance. */
#include "skel/report_page.h"

#include "skel/version.h"
#include "skel/writer.h"

#include "page.h"
#include "report_settings.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum { JOINED = 1024 };

/* What is written, and to where. */
typedef struct sheet {
    FILE *file;
    const char *dir;
    const skel_report *report;
    const skel_report_tables *tables;
    const skel_report_figures *figures;
} sheet;

/* The folders and files of the report; of many the first. */
static void name_sources(const skel_report *report, char out[JOINED])
{
    size_t others = report->sources.count - 1;

    if (others < 4) {
        skel_texts_join(&report->sources, ", ", JOINED, out);
    } else {
        (void)snprintf(out, JOINED, "%.960s and %zu others", report->sources.text[0], others);
    }
}

static void write_term(FILE *file, const char *term, const char *text)
{
    (void)fprintf(file, "<dt>");
    skel_page_text(file, term);
    (void)fprintf(file, "</dt><dd>");
    skel_page_text(file, text);
    (void)fprintf(file, "</dd>\n");
}

static void write_counts(const sheet *page)
{
    size_t count[SKEL_REPORT_STATES] = {0};
    FILE *file = page->file;
    char sources[JOINED];

    for (size_t i = 0; i < page->report->runs; i++) {
        count[page->report->run[i].state]++;
    }
    name_sources(page->report, sources);
    (void)fprintf(file, "<p>%zu run%s in <code>", page->report->runs,
                  page->report->runs == 1 ? "" : "s");
    skel_page_text(file, sources);
    (void)fprintf(file, "</code>");
    for (size_t i = 0; i < SKEL_REPORT_STATES; i++) {
        if (count[i] > 0) {
            (void)fprintf(file, "%s %zu %s", i == 0 ? ":" : ",", count[i],
                          skel_report_state_word((skel_report_state)i));
        }
    }
    (void)fprintf(file, ".</p>\n");
}

static void write_contents(const sheet *page)
{
    (void)fprintf(page->file, "<nav aria-label=\"Contents\"><ul>\n");
    for (size_t i = 0; i < page->report->sections; i++) {
        (void)fprintf(page->file, "<li><a href=\"#s%zu\">", i + 1);
        skel_page_text(page->file, page->report->section[i].model);
        (void)fprintf(page->file, " on ");
        skel_page_text(page->file, page->report->section[i].data);
        (void)fprintf(page->file, "</a></li>\n");
    }
    (void)fprintf(page->file, "<li><a href=\"#runs\">Runs and provenance</a></li>\n</ul></nav>\n");
}

static skel_status write_figures(const sheet *page, size_t section)
{
    size_t open = 0;
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < page->figures->pictures; i++) {
        if (page->figures->picture[i].section == section) {
            if (open++ == 0) {
                (void)fprintf(page->file, "<h3>Figures</h3>\n<div class=\"figures\">\n");
            }
            SKEL_TRY(skel_page_figure(page->file, &page->figures->picture[i], page->dir, i + 1));
        }
    }
    if (open > 0) {
        (void)fprintf(page->file, "</div>\n");
    }
done:
    return status;
}

/* What is no key of a job has words of its own. */
static const char *name_setting(const char *key)
{
    return strcmp(key, SKEL_REPORT_DATA_KEY) == 0      ? "checksum of the data set"
           : strcmp(key, SKEL_REPORT_NETWORK_KEY) == 0 ? "checksum of the network's file"
                                                       : key;
}

static void write_settings(const sheet *page, const skel_report_section *section)
{
    char joined[JOINED];
    FILE *file = page->file;

    (void)fprintf(file, "<h3>Settings</h3>\n<dl>\n");
    skel_texts_join(&section->keys, ", ", sizeof joined, joined);
    write_term(file, "runs differ in", section->keys.count > 0 ? joined : "the seed alone");
    if (section->dependent.count > 0) {
        skel_texts_join(&section->dependent, ", ", sizeof joined, joined);
        write_term(file, "follow from them", joined);
    }
    for (size_t i = 0; i < section->shared.count; i++) {
        char text[JOINED];
        char *colon = NULL;

        (void)snprintf(text, sizeof text, "%s", section->shared.text[i]);
        colon = strstr(text, ": ");
        if (colon != NULL) {
            *colon = '\0';
        }
        write_term(file, name_setting(text), colon != NULL ? colon + 2 : "");
    }
    (void)fprintf(file, "</dl>\n");
}

static skel_status write_section(const sheet *page, size_t index)
{
    const skel_report_section *section = &page->report->section[index];
    const skel_report_tables *tables = &page->tables[index];
    FILE *file = page->file;
    char id[64];
    skel_status status = SKEL_OK;

    (void)fprintf(file, "<section aria-labelledby=\"s%zu\">\n<h2 id=\"s%zu\">", index + 1,
                  index + 1);
    skel_page_text(file, section->model);
    (void)fprintf(file, " on ");
    skel_page_text(file, section->data);
    (void)fprintf(file, "</h2>\n");
    SKEL_TRY(write_figures(page, index));
    (void)fprintf(file, "<h3>Tables</h3>\n");
    for (size_t i = 0; i < tables->tables; i++) {
        (void)snprintf(id, sizeof id, "t%zu-%zu", index + 1, i + 1);
        skel_page_table(file, &tables->table[i], id);
    }
    write_settings(page, section);
    (void)fprintf(file, "</section>\n");
done:
    return status;
}

/* Accuracy of a run, as a cell that sorts. */
static void write_accuracy(FILE *file, double accuracy)
{
    if (isfinite(accuracy)) {
        (void)fprintf(file, "<td data-v=\"%.9g\">%.2f</td>", accuracy, 100.0 * accuracy);
    } else {
        (void)fprintf(file, "<td data-v=\"\">-</td>");
    }
}

static void write_run(FILE *file, const skel_report_run *run)
{
    const char *const texts[] = {skel_report_state_word(run->state), run->machine, run->engine,
                                 run->revision, run->identity};

    (void)fprintf(file, "<tr><th scope=\"row\" class=\"t\">");
    skel_page_text(file, run->path);
    (void)fprintf(file, "</th>");
    write_accuracy(file, run->number[SKEL_REPORT_TEST_ACCURACY]);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        (void)fprintf(file, "<td class=\"t\">");
        skel_page_text(file, texts[i]);
        if (i == 0 && run->message != NULL && run->message[0] != '\0') {
            (void)fprintf(file, ": ");
            skel_page_text(file, run->message);
        }
        (void)fprintf(file, "</td>");
    }
    (void)fprintf(file, "</tr>\n");
}

static void write_runs(const sheet *page)
{
    static const char *const columns[] = {
        "file", "test accuracy (%)", "state", "instruction set", "engine", "revision", "identity"};
    FILE *file = page->file;

    (void)fprintf(file,
                  "<section aria-labelledby=\"runs\">\n<h2 id=\"runs\">Runs and provenance</h2>\n"
                  "<details><summary>All runs: %zu</summary>\n<div class=\"wide\" tabindex=\"0\" "
                  "role=\"region\" aria-labelledby=\"runs\">\n<table><thead><tr>",
                  page->report->runs);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        (void)fprintf(file,
                      "<th scope=\"col\" aria-sort=\"none\"%s><button type=\"button\">%s</button>"
                      "</th>",
                      i == 1 ? "" : " class=\"t\"", columns[i]);
    }
    (void)fprintf(file, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < page->report->runs; i++) {
        write_run(file, &page->report->run[i]);
    }
    (void)fprintf(file, "</tbody></table></div></details>\n</section>\n");
}

static skel_status write_page(const sheet *page)
{
    char title[JOINED];
    char sources[JOINED];
    char date[32];
    time_t now = time(NULL);
    struct tm parts;
    skel_status status = SKEL_OK;

    name_sources(page->report, sources);
    (void)snprintf(title, sizeof title, "Report of %.1000s", sources);
    (void)gmtime_r(&now, &parts);
    (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &parts);
    skel_page_head(page->file, title);
    (void)fprintf(page->file, "<header>\n<h1>");
    skel_page_text(page->file, title);
    (void)fprintf(page->file, "</h1>\n<p class=\"small\">skel %s, revision ", skel_version());
    skel_page_text(page->file, skel_revision());
    (void)fprintf(page->file, ", %s</p>\n", date);
    write_counts(page);
    (void)fprintf(page->file, "</header>\n");
    skel_page_warnings(page->file, page->report, page->figures);
    write_contents(page);
    (void)fprintf(page->file, "<main id=\"main\">\n");
    for (size_t i = 0; i < page->report->sections; i++) {
        SKEL_TRY(write_section(page, i));
    }
    write_runs(page);
    (void)fprintf(page->file, "</main>\n");
    skel_page_foot(page->file);
done:
    return status;
}

skel_status skel_report_page_write(const skel_report *report, const skel_report_tables tables[],
                                   const skel_report_figures *figures, const char *dir)
{
    sheet page = {.dir = dir, .report = report, .tables = tables, .figures = figures};
    skel_writer out = {0};
    skel_status status = skel_writer_open(dir, "report.html", &out);

    if (status == SKEL_OK) {
        page.file = out.file;
        status = write_page(&page);
    }
    return skel_writer_close(&out, status);
}
