/* What tables share: their columns, and intervals that end where no value can be. */
#include "table_makers.h"

#include <math.h>

skel_status skel_table_begin(const char *name, const char *caption, size_t heads,
                             const skel_table_head head[], skel_report_table *out)
{
    skel_status status = skel_report_table_make(name, caption, out);

    for (size_t i = 0; i < heads && status == SKEL_OK; i++) {
        status = skel_report_table_add_column(out, head[i].title, head[i].kind, head[i].decimals);
    }
    return status;
}

bool skel_table_set_interval(skel_report_table *table, size_t column, double low, double high,
                             double least, double most)
{
    bool is_cut = low < least || high > most; /* not if it is NaN */

    if (low <= least && high >= most) {
        low = high = (double)NAN;
    } else if (is_cut) {
        low = fmax(low, least);
        high = fmin(high, most);
    }
    skel_report_table_set_number(table, column, low);
    skel_report_table_set_number(table, column + 1, high);
    return is_cut;
}

skel_status skel_table_note_cut(const char *quantity, double least, double most,
                                skel_report_table *table)
{
    return skel_texts_add(&table->notes,
                          "Intervals end at %.0f and %.0f: there are no other %s. \"-\": the "
                          "interval holds all of them, the seeds are too few.",
                          least, most, quantity);
}
