/** Evaluations: the accuracy of a trained network on images of any data set that fits it. */
#ifndef SKEL_EVALUATION_H
#define SKEL_EVALUATION_H

#include "skel/trained.h"

/** How a network sees the test images of a data set. Plain data. */
typedef struct skel_evaluation_images {
    size_t count;           /**< the first of the test images */
    bool own;               /**< those of the run's test */
    skel_dataset_info info; /**< the images' size, the run's mean and deviation */
    skel_view view;
} skel_evaluation_images;

/** Chooses the test images of a data set for a trained network.
 *
 *  Local; no file is read. Images of the run's own set are those of the run's test
 *  (`data.test-samples`), of another set all. All are padded and normalised as the run's images.
 *  @param own  whether the data set is meant to be the run's; it is another one if the number of
 *              its test images is not the run's
 *  Errors: SKEL_ERR_CONFIG if channels, size or classes are not those of the network, or if pixels
 *          are floating-point numbers and the run's were bytes, or the other way round.
 */
SKEL_CHECKED skel_status skel_evaluation_images_choose(const skel_trained *trained,
                                                       const skel_dataset_info *data, bool own,
                                                       skel_evaluation_images *out);

/** What an evaluation has found. Plain data. */
typedef struct skel_evaluation {
    size_t images;
    size_t correct;     /**< images whose largest logit is the label's */
    double loss;        /**< mean cross-entropy, natural logarithm */
    char engine[32];    /**< that was used, never "auto" */
    size_t batch;       /**< that was used */
    int threads;        /**< that were used */
    uint16_t *answered; /**< [images] class of the largest logit, the first of ties; owned */
} skel_evaluation;

/** Evaluates a trained network.
 *
 *  Local. With the run's own images, engine, batch and threads, and on the same kind of processor,
 *  loss and right answers are those that the run file has, bit by bit.
 *  @param samples  test half of the data set that `images` was chosen for
 *  @param out      *owned*: skel_evaluation_free() it, also after an error
 *  Errors: as skel_trained_engine(); SKEL_ERR_NUMBER if the loss is not finite.
 */
SKEL_CHECKED skel_status skel_evaluation_make(const skel_trained *trained,
                                              const skel_trained_how *how,
                                              const skel_evaluation_images *images,
                                              const skel_samples *samples, skel_evaluation *out);

/** Frees the answers.
 *
 *  Local.
 */
void skel_evaluation_free(skel_evaluation *evaluation);

/** The class of the largest of some logits, the first of ties.
 *
 *  Local. `logits` is [classes].
 */
size_t skel_evaluation_class(size_t classes, const float logits[]);

#endif
