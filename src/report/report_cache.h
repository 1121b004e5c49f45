/** Summaries of run files that have not changed, kept in a file. */
#ifndef SKEL_REPORT_CACHE_H
#define SKEL_REPORT_CACHE_H

#include "skel/report.h"

/** Summaries by the path of the run file. Opaque. */
typedef struct skel_report_cache skel_report_cache;

/** Reads a cache. One that cannot be read is empty.
 *
 *  Local. `*out` is *owned*: skel_report_cache_close() it.
 *  @param path  borrowed while the cache is open; NULL: none is read or written
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_cache_open(const char *path, skel_report_cache **out);

/** Reads a run: from the cache if the file has the size and the times that it had then, else from
 *  the file.
 *
 *  Local. Errors: as skel_report_run_read().
 */
SKEL_CHECKED skel_status skel_report_cache_read(skel_report_cache *cache, const char *path,
                                                skel_report_run *out);

/** Writes the summaries of all runs of a report that are done, if any of them is new.
 *
 *  Local. A cache that cannot be written is no error: the next report takes longer.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_cache_save(skel_report_cache *cache,
                                                const skel_report *report);

/** Frees a cache; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_report_cache_close(skel_report_cache **cache);

#endif
