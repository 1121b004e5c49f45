/** Predictions of a finished run: the public interface of the library libskel.
 *
 *      skel_predictor *predictor = NULL;
 *      float logits[10];
 *      if (skel_predictor_open("run.h5", NULL, &predictor) != 0 ||
 *          skel_predictor_pixels(predictor, 1, pixels, logits) != 0)
 *          fprintf(stderr, "%s\n", skel_predictor_error());
 *      skel_predictor_close(&predictor);
 *
 *  Programs need this header alone, and link with -lskel (CMake: skel::skel). They need no
 *  MPI_Init and no mpirun. A function that can fail returns 0 or the exit status that the program
 *  `skel` has for such an error: 64 wrong arguments, 65 damaged data, 70 internal error or out of
 *  memory, 74 input/output. One thread at a time calls these functions; a predictor itself can
 *  compute with several threads.
 */
#ifndef SKEL_PREDICTOR_H
#define SKEL_PREDICTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What the library exports; it hides all other names. */
#define SKEL_EXPORTED __attribute__((visibility("default")))

/** A network with its weights and an engine that computes it. Opaque. */
typedef struct skel_predictor skel_predictor;

/** How a predictor computes. Plain data; zeros are the run's own choices. */
typedef struct skel_predictor_options {
    const char *engine; /**< "auto", "dense", "sparse" or "reference"; NULL: the run's */
    size_t batch;       /**< most images of one forward pass, which takes memory in proportion; at
                             most 65536 */
    int threads;        /**< that compute, at most 1024 */
} skel_predictor_options;

/** What a predictor takes and gives. Plain data; texts are borrowed while the predictor is open. */
typedef struct skel_predictor_facts {
    const char *model;      /**< "resnet20" */
    const char *data;       /**< data set of the run: "cifar10" */
    const char *engine;     /**< in use: "dense", "sparse" or "reference" */
    size_t channels;        /**< of images */
    size_t height;          /**< of an image of pixels */
    size_t width;           /**< of an image of pixels */
    size_t input_height;    /**< of the network's input: larger where the run pads its images */
    size_t input_width;     /**< of the network's input */
    size_t classes;         /**< logits of an image */
    const float *mean;      /**< [channels] of pixel / 255; borrowed while it is open */
    const float *deviation; /**< [channels] of pixel / 255; borrowed likewise */
    size_t prunable;        /**< weights of convolutions and linear layers */
    size_t kept;            /**< of which the mask keeps */
    double test_accuracy;   /**< of the run's own test, 0 to 1; below 0 if it was not tested */
} skel_predictor_facts;

/** Opens a run file, and compiles its network for forward passes.
 *
 *  Local.
 *  @param options  NULL: the run's own engine, batch and threads
 *  @param out      out: *owned*, skel_predictor_close() it; NULL after an error
 *  Errors: 74 if the file cannot be opened; 65 for a checkpoint, a weight file, a damaged file or
 *          one of a later release; 64 for an unknown engine, the sparse one if the mask keeps all
 *          weights, an option out of its range, or a SKEL_MAX_ISA in the environment that this
 *          processor lacks; 70.
 */
SKEL_EXPORTED int skel_predictor_open(const char *path, const skel_predictor_options *options,
                                      skel_predictor **out);

/** Closes the predictor; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
SKEL_EXPORTED void skel_predictor_close(skel_predictor **predictor);

/** What the predictor takes and gives.
 *
 *  Local.
 */
SKEL_EXPORTED skel_predictor_facts skel_predictor_describe(const skel_predictor *predictor);

/** Computes the logits of images of pixels, which are padded and normalised as the run's were.
 *
 *  Local.
 *  @param count   any number; images are computed `batch` at a time
 *  @param pixels  [count][channels][height][width], 0 to 255
 *  @param logits  [count][classes] out
 *  Errors: 64 for a NULL, and if the run's images are floating-point numbers, which have no
 *          pixels; 70.
 */
SKEL_EXPORTED int skel_predictor_pixels(skel_predictor *predictor, size_t count,
                                        const uint8_t pixels[], float logits[]);

/** Computes the logits of images that are padded and normalised already.
 *
 *  Local.
 *  @param count   any number; images are computed `batch` at a time
 *  @param images  [count][channels][input_height][input_width]
 *  @param logits  [count][classes] out
 *  Errors: 64 for a NULL; 70.
 */
SKEL_EXPORTED int skel_predictor_images(skel_predictor *predictor, size_t count,
                                        const float images[], float logits[]);

/** The class of each image's largest logit, the first of ties.
 *
 *  Local.
 *  @param logits   [count][classes]
 *  @param classes  [count] out: 0 to `classes` - 1
 *  Errors: 64 for a NULL.
 */
SKEL_EXPORTED int skel_predictor_classes(const skel_predictor *predictor, size_t count,
                                         const float logits[], size_t classes[]);

/** The message of the last error of this process, "" if there was none.
 *
 *  Local. Borrowed until the next error.
 */
SKEL_EXPORTED const char *skel_predictor_error(void);

#ifdef __cplusplus
}
#endif

#endif
