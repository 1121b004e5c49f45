/* The folder that a report is written to. */
#include "skel/report_folder.h"

#include "skel/log.h"
#include "skel/report_page.h"
#include "skel/writer.h"

#include "report_arrays.h"
#include "report_stage.h"

#include <stdio.h>

/* What a document that includes the tables needs. */
static void write_preamble(skel_table_format format, FILE *file)
{
    if (format == SKEL_TABLE_LATEX) {
        (void)fprintf(file, "%% needs \\usepackage{booktabs,graphicx,longtable}\n\n");
    }
}

/* All tables of all sections in one file. */
static skel_status write_tables(const skel_report *report, const skel_report_tables tables[],
                                skel_table_format format, const char *dir)
{
    char name[32];
    char title[160];
    skel_writer out = {0};
    skel_status status = SKEL_OK;

    (void)snprintf(name, sizeof name, "tables.%s", skel_table_format_word(format));
    SKEL_TRY(skel_writer_open(dir, name, &out));
    write_preamble(format, out.file);
    for (size_t s = 0; s < report->sections; s++) {
        (void)snprintf(title, sizeof title, "%s on %s", report->section[s].model,
                       report->section[s].data);
        skel_report_table_write_title(title, format, out.file);
        for (size_t t = 0; t < tables[s].tables; t++) {
            SKEL_TRY(skel_report_table_write(&tables[s].table[t], format, out.file));
            (void)fputc('\n', out.file);
        }
    }
done:
    return skel_writer_close(&out, status);
}

/* A table is one file, because programs read it. */
static skel_status write_csv(const skel_report_table *table, const char *dir)
{
    char name[SKEL_TABLE_NAME + 8];
    skel_writer out = {0};
    skel_status status = SKEL_OK;

    (void)snprintf(name, sizeof name, "%s.csv", table->name);
    SKEL_TRY(skel_writer_open(dir, name, &out));
    status = skel_report_table_write(table, SKEL_TABLE_CSV, out.file);
done:
    return skel_writer_close(&out, status);
}

static skel_status write_all_csv(const skel_report *report, const skel_report_tables tables[],
                                 const char *dir)
{
    skel_status status = SKEL_OK;

    for (size_t s = 0; s < report->sections; s++) {
        for (size_t t = 0; t < tables[s].tables; t++) {
            SKEL_TRY(write_csv(&tables[s].table[t], dir));
        }
    }
done:
    return status;
}

static void warn_of_figures(const skel_report_figures *figures)
{
    if (figures->undrawn > 0) {
        SKEL_WARN("%zu figure%s not drawn: %s; data and scripts are written", figures->undrawn,
                  figures->undrawn == 1 ? " is" : "s are", figures->problem);
    }
    if (figures->unread > 0) {
        SKEL_WARN("figures leave out %zu dataset%s that cannot be read, first: %s", figures->unread,
                  figures->unread == 1 ? "" : "s", figures->reason);
    }
}

static skel_status write_parts(const skel_report *report, const skel_report_tables tables[],
                               unsigned parts, const char *dir, skel_status *left_out)
{
    skel_report_figures figures = {0};
    skel_status status = SKEL_OK;

    for (skel_table_format format = SKEL_TABLE_TEXT; format < SKEL_TABLE_FORMATS; format++) {
        if (format != SKEL_TABLE_CSV && (parts & (1U << format)) != 0) {
            SKEL_TRY(write_tables(report, tables, format, dir));
        }
    }
    if ((parts & SKEL_REPORT_PART_CSV) != 0) {
        SKEL_TRY(write_all_csv(report, tables, dir));
    }
    if ((parts & SKEL_REPORT_PART_ARRAYS) != 0) {
        SKEL_TRY(skel_report_arrays_write(report, dir));
    }
    if ((parts & SKEL_REPORT_PART_FIGURES) != 0) {
        SKEL_TRY(skel_report_figures_write(report, dir, &figures));
        warn_of_figures(&figures);
        *left_out = figures.failure;
    }
    if ((parts & SKEL_REPORT_PART_PAGE) != 0) {
        SKEL_TRY(skel_report_page_write(report, tables, &figures, dir));
    }
done:
    skel_report_figures_clear(&figures);
    return status;
}

skel_status skel_report_folder_write(const skel_report *report, const skel_report_tables tables[],
                                     unsigned parts, const char *dir, skel_status *left_out)
{
    skel_report_stage *stage = NULL;
    skel_status status = SKEL_OK;

    *left_out = SKEL_OK;
    SKEL_TRY(skel_report_stage_open(dir, &stage));
    SKEL_TRY(write_parts(report, tables, parts, skel_report_stage_folder(stage), left_out));
    SKEL_TRY(skel_report_stage_publish(stage));
done:
    skel_report_stage_close(&stage);
    return status;
}
