/** Trained networks: what a run file holds for testing and predicting, read without MPI.
 *
 *      SKEL_TRY(skel_trained_open("run.h5", &trained));
 *      SKEL_TRY(skel_trained_engine(trained, &how, &engine));
 *      skel_engine_forward(engine, &batch, trained->buffers, logits);   any number of times
 *      skel_engine_destroy(&engine);
 *      skel_trained_close(&trained);
 */
#ifndef SKEL_TRAINED_H
#define SKEL_TRAINED_H

#include "skel/settings.h"

/** A network with its trained weights, and the run's own test. Plain data, read-only for its users.
 */
typedef struct skel_trained {
    skel_job job;
    skel_settings settings;
    skel_view view; /**< turns the data set's images into the network's input, as in the run's test
                     */
    float *statistics;     /**< of a data file: mean and deviation, [2][channels]; owned */
    skel_network *network; /**< owned */
    float *parameters;     /**< [parameter_count] pruned weights are 0; owned */
    float *buffers;        /**< [buffer_count] running averages; owned */
    uint8_t *keep;         /**< [parameter_count] mask, 1 where not prunable; owned */
    size_t kept;           /**< prunable weights that the mask keeps */
    char engine[32];       /**< that trained and tested; "" if nothing was trained */
    bool tested;           /**< whether the run has a test */
    double test_accuracy;  /**< of that test, 0 to 1; 0 without a test */
    double test_loss;      /**< of that test; 0 without a test */
    size_t data_files;     /**< files of the run's data set */
    char data_sum[SKEL_DATASET_FILES][SKEL_CHECKSUM_TEXT]; /**< XXH3-128 of each one's content */
} skel_trained;

/** How a trained network is computed. Plain data; zeros are the run's own. */
typedef struct skel_trained_how {
    const char *engine; /**< "auto", "dense", "sparse" or "reference"; NULL: the run's */
    size_t batch;       /**< most images of one forward pass; 0: the run's */
    int threads;        /**< 0: the run's */
} skel_trained_how;

/** Reads the network of a finished run.
 *
 *  Local, without MPI. Every dataset that is read is compared with its checksum.
 *  @param out  *owned*: skel_trained_close() it
 *  Errors: SKEL_ERR_IO if the file cannot be opened; SKEL_ERR_DATA for a checkpoint, a weight file,
 *          a damaged file, one of a later release, or one without mask or running averages;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_trained_open(const char *path, skel_trained **out);

/** Frees the network; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_trained_close(skel_trained **trained);

/** Fills in the run's own engine, batch and threads where `how` has none.
 *
 *  Local. The result has no "auto": with it, sparse is chosen up to skel_engine_sparse_work().
 */
skel_trained_how skel_trained_resolve(const skel_trained *trained, const skel_trained_how *how);

/** Whether the sparse engine is of use: weights are pruned, or the run itself used it.
 *
 *  Local.
 */
bool skel_trained_is_sparse(const skel_trained *trained);

/** Compiles an engine for forward passes and loads the weights into it.
 *
 *  Local.
 *  @param out  *owned*: skel_engine_destroy() it before skel_trained_close()
 *  Errors: SKEL_ERR_CONFIG for an unknown engine (suggesting the nearest), and for the sparse one
 *          unless skel_trained_is_sparse(); SKEL_ERR_MEMORY; SKEL_ERR_INTERNAL.
 */
SKEL_CHECKED skel_status skel_trained_engine(const skel_trained *trained,
                                             const skel_trained_how *how, skel_engine **out);

#endif
