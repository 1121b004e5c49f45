/* Runs that a section lacks: those that failed, go on, are damaged, unfinished or missing. */
#include "table_makers.h"

static skel_status add_absent(const skel_report *report, const skel_report_section *section,
                              const skel_report_group *group, const skel_report_absent *absent,
                              skel_report_table *table)
{
    const skel_report_run *run =
        absent->state == SKEL_REPORT_MISSING ? NULL : &report->run[absent->run];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_report_table_add_row(table));
    SKEL_TRY(skel_report_table_set_text(table, 0, section->line[group->line].label));
    skel_report_table_set_number(table, 1, 100 * group->sparsity);
    skel_report_table_set_number(table, 2, (double)absent->seed);
    SKEL_TRY(skel_report_table_set_text(table, 3, skel_report_state_word(absent->state)));
    if (run != NULL) {
        SKEL_TRY(skel_report_table_set_text(table, 4, run->path));
        SKEL_TRY(skel_report_table_set_text(table, 5, run->message));
    }
done:
    return status;
}

skel_status skel_table_make_absents(const skel_report *report, const skel_report_section *section,
                                    skel_report_table *out)
{
    static const skel_table_head heads[] = {
        {"method", SKEL_CELL_TEXT, 0}, {"removed (%)", SKEL_CELL_NUMBER, -1},
        {"seed", SKEL_CELL_NUMBER, 0}, {"state", SKEL_CELL_TEXT, 0},
        {"file", SKEL_CELL_TEXT, 0},   {"reason", SKEL_CELL_TEXT, 0},
    };
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_table_begin("absent",
                              "Runs without a result: no other table and no figure has them",
                              sizeof heads / sizeof *heads, heads, out));
    for (size_t i = 0; i < section->groups; i++) {
        for (size_t j = 0; j < section->group[i].absents; j++) {
            SKEL_TRY(
                add_absent(report, section, &section->group[i], &section->group[i].absent[j], out));
        }
    }
done:
    return status;
}
