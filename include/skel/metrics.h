/** Tables of figures: a row per iteration or epoch, each column a dataset in /metrics. */
#ifndef SKEL_METRICS_H
#define SKEL_METRICS_H

#include "skel/file.h"
#include "skel/reader.h"

/** A column. A list ends with a name of NULL. Static, immutable. */
typedef struct skel_column {
    const char *name;
    const char *units; /**< NULL for a plain number */
    bool integer;      /**< kept as int64, else float64 */
} skel_column;

/** A table of figures. Opaque. */
typedef struct skel_metrics skel_metrics;

/** Makes an empty table.
 *
 *  Local. `columns` is borrowed; `*out` is *owned*: skel_metrics_destroy() it.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_metrics_create(const skel_column columns[], skel_metrics **out);

/** Frees the table; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_metrics_destroy(skel_metrics **metrics);

/** Adds a row.
 *
 *  Local.
 *  @param row  a value per column; integers up to 2^53 are exact. Written with designated
 *              initialisers on an enum of the columns
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_metrics_add(skel_metrics *metrics, const double row[]);

/** A value of the latest row.
 *
 *  Local. Returns false if there is no row, or no such column.
 *  @param column  from 0
 *  @param name    out: of the column, borrowed from the table's columns
 *  @param value   out
 */
bool skel_metrics_latest(const skel_metrics *metrics, size_t column, const char **name,
                         double *value);

/** Writes each column as a one-dimensional dataset of a group.
 *
 *  Collective, with equal tables on every rank.
 *  @param scale  the column that is the dimension scale of the others
 *  Errors: as skel_file_write(); SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_metrics_write(const skel_metrics *metrics, skel_file *file,
                                            const char *group, const char *scale);

/** Reads a table that skel_metrics_write() has written into an empty table on every rank.
 *
 *  Collective.
 *  @param reader  the root's; ignored on the other ranks
 *  Errors: SKEL_ERR_DATA if a column is missing or shorter than the first; SKEL_ERR_MEMORY;
 *          agreed on.
 */
SKEL_CHECKED skel_status skel_metrics_read(skel_metrics *metrics, const skel_comm *comm,
                                           skel_reader *reader, const char *group);

#endif
