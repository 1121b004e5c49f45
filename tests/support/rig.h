/** A network with random weights, images and labels, for the tests that every engine must pass.
 *
 *  The engines are those of skel_engine_names(), the operations those of small_networks.h.
 */
#ifndef SKEL_TESTS_RIG_H
#define SKEL_TESTS_RIG_H

#include "nn/model/builder.h"

#include "skel/engine.h"

/** The network and the data of one test. All is *owned*. */
typedef struct skel_rig {
    skel_network *network;
    float *parameters; /**< [parameter_count]: Kaiming weights, scales about 1, biases about 0 */
    float *buffers;    /**< [buffer_count]: means about 0, variances from 0.5 to 1.5 */
    size_t images;
    float *image;    /**< [images][c][h][w] standard normal */
    uint16_t *label; /**< [images] */
    float *gradient;
    float *statistics;
} skel_rig;

/** Fills a rig for a number of images; its contents depend on the seed alone. Fails the test on an
 *  error.
 *  @param network  *taken*
 */
void skel_rig_make(skel_network *network, size_t images, uint64_t seed, skel_rig *out);

/** Makes a rig of a network of the zoo. */
void skel_rig_model(const char *name, size_t width, skel_tensor input, size_t classes,
                    size_t images, skel_rig *out);

/** Frees all. */
void skel_rig_free(skel_rig *rig);

/** Images first, ..., first + count - 1 as a batch. Borrowed. */
skel_batch skel_rig_batch(const skel_rig *rig, size_t first, size_t count);

/** A pass that writes to the rig's own gradient and statistics. */
skel_pass skel_rig_pass(const skel_rig *rig);

/** Compiles an engine and loads the rig's parameters without a mask. Fails the test on an error. */
skel_engine *skel_rig_engine(const skel_rig *rig, const char *kind,
                             const skel_engine_options *options);

/** A mask that keeps each prunable weight with that probability, and all else. *Owned*. */
uint8_t *skel_rig_mask(const skel_rig *rig, double density);

/** Sets biases, shifts and running means to 0, so that weights and slopes alone make the output. */
void skel_rig_bare(skel_rig *rig);

/** Parameter by its name; fails the test if there is none. */
const skel_parameter *skel_rig_parameter(const skel_rig *rig, const char *name);

/** Norm of the difference over norm of the expected; 0 if both are 0. */
double skel_relative_error(size_t count, const float values[], const float expected[]);

/** A mask without every other prunable weight. *Owned*. */
uint8_t *skel_rig_half_mask(const skel_network *network);

/** Normal numbers, one for each parameter, the same for the same `which`. *Owned*. */
float *skel_rig_vector(const skel_network *network, uint32_t which);

/** Name of an engine, for a test that loops over all of them. */
const char *skel_rig_kind(int index);

/** Number of engines, for tcase_add_loop_test(tcase, test, 0, skel_rig_kinds()). */
int skel_rig_kinds(void);

/** Whether ctest runs the program again under a limit: tests of the reference engine alone, which
 *  has no kernels for an instruction set, were in the first run. SKEL_MAX_ISA in the user's shell
 *  leaves out nothing. */
bool skel_rig_runs_again(void);

/** Name of one of the engines that have an ability, for a test that loops over these. */
const char *skel_rig_able(skel_engine_ability ability, int index);

/** Number of engines that have an ability, for tcase_add_loop_test(). */
int skel_rig_ables(skel_engine_ability ability);

/** Whether an engine multiplies with the Hessian. */
bool skel_rig_has_hessian(const char *kind);

/** Whether an engine computes in double, so that tight tolerances hold. */
bool skel_rig_is_double(const char *kind);

#endif
