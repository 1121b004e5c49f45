/** Run files: a network's flat vectors as datasets with the parameters' names. */
#ifndef SKEL_RUN_FILE_H
#define SKEL_RUN_FILE_H

#include "skel/file.h"
#include "skel/network.h"
#include "skel/reader.h"

#define SKEL_RUN_SCHEMA "skel-run"               /**< a finished run */
#define SKEL_CHECKPOINT_SCHEMA "skel-checkpoint" /**< an unfinished one */
#define SKEL_SPECTRA_SCHEMA "skel-spectra"       /**< spectra of a finished run */

/** The dataset of a run file that describes a network that is not of the zoo: the bytes of an ONNX
 *  model without values. */
#define SKEL_RUN_FILE_NETWORK "/network"

enum {
    SKEL_RUN_SCHEMA_VERSION = 2,        /**< 2: with a manifest */
    SKEL_CHECKPOINT_SCHEMA_VERSION = 3, /**< 2: also inside an epoch; 3: with a manifest */
    SKEL_SPECTRA_SCHEMA_VERSION = 1,
};

/** Sets the attributes of "/": schema_name, schema_version, software, software_version, date.
 *
 *  Collective, with equal arguments on every rank.
 *  @param schema   SKEL_RUN_SCHEMA, SKEL_CHECKPOINT_SCHEMA or SKEL_SPECTRA_SCHEMA
 *  @param version  version of the program, with its git revision
 *  @param date     by the root's clock, ISO 8601, UTC: "2026-01-31T13:05:00Z"
 *  Errors: as skel_file_set_text().
 */
SKEL_CHECKED skel_status skel_run_file_stamp(skel_file *file, const char *schema,
                                             const char *version, const char *date);

/** Whether a schema_name is one of those that skel gives its files.
 *
 *  Local.
 */
bool skel_run_file_is_own(const char *schema);

/** Fails with words for what a file is that is not of a finished run: a checkpoint, spectra,
 *  weights.
 *
 *  Local. Errors: SKEL_ERR_DATA.
 */
SKEL_CHECKED skel_status skel_run_file_check_schema(skel_reader *reader);

/** Whether a file has weights or masks, and is none of those that skel names by a schema: one that
 *  `skel export --compact` wrote, or another program.
 *
 *  Local.
 */
bool skel_run_file_is_weights(skel_reader *reader);

/** Whether this release knows what the entries of a run file mean.
 *
 *  Local. Errors: SKEL_ERR_DATA for a file of a later schema_version.
 */
SKEL_CHECKED skel_status skel_run_file_check_version(skel_reader *reader);

/** Writes a dataset for each parameter: GROUP/NAME, float32, in the parameter's shape.
 *
 *  Collective, with equal arguments and values on every rank.
 *  @param group       "/weights" or "/initial"
 *  @param parameters  [parameter_count]
 *  Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_run_file_parameters(skel_file *file, const char *group,
                                                  const skel_network *network,
                                                  const float parameters[]);

/** Writes a dataset for each buffer: /buffers/NAME, float32. A network may have no buffers.
 *
 *  Collective, with equal arguments and values on every rank.
 *  @param buffers  [buffer_count]
 *  Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_run_file_buffers(skel_file *file, const skel_network *network,
                                               const float buffers[]);

/** Writes a dataset for each prunable parameter: /masks/NAME, uint8, in its shape.
 *
 *  Collective, with equal arguments and values on every rank.
 *  @param mask     [parameter_count], 0 where pruned, 1 where kept
 *  @param deflate  compressed, which makes a file of masks smaller and takes long
 *  Errors: as skel_file_write().
 */
SKEL_CHECKED skel_status skel_run_file_masks(skel_file *file, const skel_network *network,
                                             const uint8_t mask[], bool deflate);

#endif
