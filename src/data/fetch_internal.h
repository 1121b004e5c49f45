/** The inside of fetching: any entry and any places, for skel_fetch() and for the tests. */
#ifndef SKEL_DATA_FETCH_INTERNAL_H
#define SKEL_DATA_FETCH_INTERNAL_H

#include "source.h"

/** Fetches an entry's files into a folder from the given places; skel_fetch() for any entry.
 *
 *  Local. Errors: as skel_fetch().
 */
SKEL_CHECKED skel_status skel_fetch_entry(const skel_catalog_entry *entry, size_t count,
                                          const skel_source source[], const char *dir);

/** Compares an entry's files with their checksums; skel_fetch_verify() for any entry.
 *
 *  Local. Errors: as skel_fetch_verify().
 */
SKEL_CHECKED skel_status skel_fetch_check(const skel_catalog_entry *entry, const char *dir);

/** How many files of an entry are in a folder, unread.
 *
 *  Local.
 */
size_t skel_fetch_count(const skel_catalog_entry *entry, const char *dir);

#endif
