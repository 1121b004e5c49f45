/* The beginning of a table: its columns. */
#include "table_makers.h"

skel_status skel_table_begin(const char *name, const char *caption, size_t heads,
                             const skel_table_head head[], skel_report_table *out)
{
    skel_status status = skel_report_table_make(name, caption, out);

    for (size_t i = 0; i < heads && status == SKEL_OK; i++) {
        status = skel_report_table_add_column(out, head[i].title, head[i].kind, head[i].decimals);
    }
    return status;
}
