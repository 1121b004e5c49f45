/** Identities: a run is what it computes.
 *
 *  An identity is the XXH3-128, as text, of a text:
 *
 *      KEY: VALUE       for each key that can change the result, if its value is not the default
 *      data: XXH3-128   of the content of the data set, skel_dataset_checksum()
 *      network: XXH3-128   of the network's file, if there is one, skel_onnx_checksum()
 *      weights: XXH3-128   of the weight file, if there is one, skel_weight_file_checksum()
 *
 *  Engine, threads, instruction set, number of ranks and revision are a run's provenance: they
 *  change the last bits at most.
 */
#ifndef SKEL_IDENTITY_H
#define SKEL_IDENTITY_H

#include "skel/checksum.h"
#include "skel/job.h"

enum { SKEL_IDENTITY_SHORT = 8 }; /**< characters of an identity in a file's name */

/** The checksums of the files that a run reads. Plain data. */
typedef struct skel_contents {
    char data[SKEL_CHECKSUM_TEXT];    /**< of the data set, skel_dataset_checksum() */
    char network[SKEL_CHECKSUM_TEXT]; /**< of the network's file; "" if the job names none */
    char weights[SKEL_CHECKSUM_TEXT]; /**< of the weight file; "" if the job names none */
} skel_contents;

/** The checksums of the files that the jobs so far have named. Opaque. */
typedef struct skel_identities skel_identities;

/** Starts with no checksums.
 *
 *  Local. `*out` is *owned*: skel_identities_destroy() it. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_identities_create(skel_identities **out);

/** Frees the checksums; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_identities_destroy(skel_identities **identities);

/** The text whose checksum is the identity of a job's run.
 *
 *  Local. A file of a network or of weights that cannot be read has no checksum in the text: the
 *  run itself will fail.
 *  Files are read once for all jobs that name them. `*out` is *owned*.
 *  Errors: SKEL_ERR_CONFIG for an unknown data set; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_identity_text(skel_identities *identities, const skel_job *job,
                                            char **out);

/** The checksums that the identity of a job's run is of. The run compares them with what it reads.
 *
 *  Local. Errors: as skel_identity_text().
 */
SKEL_CHECKED skel_status skel_identity_contents(skel_identities *identities, const skel_job *job,
                                                skel_contents *out);

/** The identity of a job's run.
 *
 *  Local. Errors: as skel_identity_text().
 */
SKEL_CHECKED skel_status skel_identity_of(skel_identities *identities, const skel_job *job,
                                          char out[SKEL_CHECKSUM_TEXT]);

#endif
