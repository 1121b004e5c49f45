/** Overlaps of masks as skel compare prints them: tables for people, columns and JSON for programs.
 */
#ifndef SKEL_CLI_OVERLAP_PRINT_H
#define SKEL_CLI_OVERLAP_PRINT_H

#include "skel/overlap.h"

/** Prints a table of two masks: a line for each row.
 *
 *  Local.
 */
void skel_overlap_print_pair(const skel_overlaps *overlaps);

/** Prints a matrix of Jaccard indices for each row.
 *
 *  Local.
 */
void skel_overlap_print_matrices(const skel_overlaps *overlaps, size_t masks);

/** Prints tab-separated columns: a line for each pair and row.
 *
 *  Local.
 */
void skel_overlap_print_tsv(const skel_overlaps *overlaps, size_t masks, const char *const paths[]);

/** Prints an object of JSON a line, for each pair and row.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_overlap_print_json(const skel_overlaps *overlaps, size_t masks,
                                                 const char *const paths[]);

#endif
