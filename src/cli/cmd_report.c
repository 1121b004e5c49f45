/* skel report: tables of many runs. It never starts MPI. */
#include "command.h"

#include "skel/log.h"
#include "skel/report_tables.h"

#include <stdio.h>

static const char details[] =
    "  skel report runs/quickstart\n"
    "  skel report runs --where prune.sparsity=0.99 --by prune.method,model.width\n\n"
    "Runs with equal settings but the seed are one group: its mean, standard deviation and 95 %\n"
    "interval (Student's t) are printed. Runs that differ in a setting that is not shown are "
    "never\n"
    "taken together. The same run in two files counts once. Works without MPI.\n"
    "Exit status: 65 if a file is damaged (it is named, and left out), or there is no run.\n";

static const skel_option options[] = {
    {"by", 0, "KEYS", "group by these keys, not by all in which the runs differ"},
    {"where", 0, "CONDITION", "only runs with KEY=VALUE,KEY=VALUE"},
    {NULL, 0, NULL, NULL},
};

static void print_warnings(const skel_report *report)
{
    for (size_t i = 0; i < report->warnings.count; i++) {
        SKEL_WARN("%s", report->warnings.text[i]);
    }
}

static skel_status print_section(const skel_report *report, const skel_report_section *section)
{
    skel_report_tables tables = {0};
    skel_status status = SKEL_OK;

    printf("%s on %s\n\n", section->model, section->data);
    SKEL_TRY(skel_report_tables_make(report, section, &tables));
    for (size_t i = 0; i < tables.tables; i++) {
        SKEL_TRY(skel_report_table_write(&tables.table[i], SKEL_TABLE_TEXT, stdout));
        printf("\n");
    }
done:
    skel_report_tables_clear(&tables);
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    const skel_report_options chosen = {
        .by = skel_arguments_get(arguments, "by"),
        .where = skel_arguments_get(arguments, "where"),
    };
    skel_report *report = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(
        skel_report_open(arguments->count, (const char *const *)arguments->word, &chosen, &report));
    print_warnings(report);
    for (size_t i = 0; i < report->sections; i++) {
        SKEL_TRY(print_section(report, &report->section[i]));
    }
    if (report->damaged > 0) {
        status = SKEL_FAIL(SKEL_ERR_DATA, "%zu damaged files were left out", report->damaged);
    }
done:
    skel_report_close(&report);
    return status;
}

SKEL_COMMAND(report, "DIR|FILE... [options]",
             "tables of many runs: accuracy by method and sparsity", 1, SKEL_ANY);
