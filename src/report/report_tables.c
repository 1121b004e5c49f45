/* The tables of a section. */
#include "skel/report_tables.h"

#include "skel/memory.h"

#include "table_makers.h"

#include <stdio.h>

/* In the order of printing. A maker that has nothing to say leaves its table without rows and
 * notes. */
static skel_table_maker *const makers[] = {
    skel_table_make_accuracy, skel_table_make_detail,      skel_table_make_sparsity,
    skel_table_make_cost,     skel_table_make_differences, skel_table_make_absents,
};

/* With several sections, a table's name begins with that of its section. */
static void name_table(const skel_report_section *section, skel_report_table *table)
{
    char own[SKEL_TABLE_NAME];

    (void)snprintf(own, sizeof own, "%s", table->name);
    (void)snprintf(table->name, sizeof table->name, "%s-%.48s", section->name, own);
}

skel_status skel_report_tables_make(const skel_report *report, const skel_report_section *section,
                                    skel_report_tables *out)
{
    const size_t count = sizeof makers / sizeof *makers;
    skel_status status = SKEL_OK;

    *out = (skel_report_tables){0};
    SKEL_TRY(SKEL_ALLOC(count, sizeof *out->table, &out->table));
    for (size_t i = 0; i < count; i++) {
        skel_report_table *table = &out->table[out->tables++];

        SKEL_TRY(makers[i](report, section, table));
        if (table->rows == 0 && table->notes.count == 0) {
            skel_report_table_clear(table);
            out->tables--;
        } else if (report->sections > 1) {
            name_table(section, table);
        }
    }
done:
    return status;
}

void skel_report_tables_clear(skel_report_tables *tables)
{
    for (size_t i = 0; i < tables->tables; i++) {
        skel_report_table_clear(&tables->table[i]);
    }
    SKEL_FREE(&tables->table);
    tables->tables = 0;
}
