/** The parts of the output of skel inspect. */
#ifndef SKEL_CLI_INSPECT_H
#define SKEL_CLI_INSPECT_H

#include "skel/reader.h"

/** Prints one row per layer: name, shape, weights, kept, density; and the sum.
 *
 *  Local. Layers with a mask; without masks all of /weights.
 *  @param tsv  columns separated by tabs instead of padded
 *  Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inspect_layers(skel_reader *reader, bool tsv);

/** Prints, for each group of /metrics, its length and every column's last value.
 *
 *  Local. Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inspect_last_metrics(skel_reader *reader);

/** Prints every group of /metrics as a table, columns separated by tabs.
 *
 *  Local. Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inspect_metrics(skel_reader *reader);

/** Whether a file is a data set: skel/data_layout.h.
 *
 *  Local.
 */
bool skel_inspect_is_data(skel_reader *reader);

/** Prints a data set: its attributes, and a line for each half.
 *
 *  Local. Errors: SKEL_ERR_DATA; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_inspect_data(skel_reader *reader);

/** Whether a file is one of skel spectrum.
 *
 *  Local.
 */
bool skel_inspect_is_spectra(skel_reader *reader);

/** Prints all spectra of a file, as skel spectrum has printed them.
 *
 *  Local. @param tsv  with all digits, columns separated by tabs. Errors: as skel_probe_read().
 */
SKEL_CHECKED skel_status skel_inspect_spectra(skel_reader *reader, bool tsv);

#endif
