/** Gram matrices of gradients: the neural tangent kernel of a pruned network, and the nonzero part
 *  of its Gauss-Newton matrix.
 */
#ifndef SKEL_NTK_H
#define SKEL_NTK_H

#include "skel/matrix.h"
#include "skel/network.h"
#include "skel/view.h"

/** Where gradients are taken. Plain data, borrowed. */
typedef struct skel_ntk_point {
    const skel_network *network;
    const char *kind; /**< of engine */
    int threads;
    const float *parameters; /**< [parameter_count] */
    const float *buffers;    /**< [buffer_count] running averages, which batch norm uses */
    const uint8_t *keep;     /**< [parameter_count] mask */
} skel_ntk_point;

/** The images. Plain data, borrowed. */
typedef struct skel_ntk_images {
    const skel_view *view;
    const skel_samples *samples;
    size_t count;
    const uint32_t *index; /**< [count] sample numbers */
} skel_ntk_images;

/** What the rows of the gradient matrix G are; the result is G G'. */
typedef enum skel_ntk_form {
    SKEL_NTK_LOGITS,       /**< one row for each logit of each image: its gradient by the kept
                                weights */
    SKEL_NTK_SUM,          /**< one row for each image: the gradient of the sum of its logits */
    SKEL_NTK_GAUSS_NEWTON, /**< as SKEL_NTK_LOGITS, times the root of the softmax's Hessian, over
                                the root of the number of images: then G'G is the Gauss-Newton
                                matrix of the mean cross-entropy, and G G' has its eigenvalues
                                that are not 0 */
} skel_ntk_form;

/** Rows of one image: 1, or as many as there are classes.
 *
 *  Local.
 */
size_t skel_ntk_outputs(skel_ntk_form form, const skel_network *network);

/** Bytes that skel_ntk_matrix() takes on the rank that needs most, with its engine.
 *
 *  Local. Errors: as skel_engine_bytes().
 *  @param kept    weights of the mask
 *  @param memory  as of skel_ntk_matrix()
 */
SKEL_CHECKED skel_status skel_ntk_bytes(const skel_network *network, const char *kind, int threads,
                                        size_t images, size_t outputs, size_t kept, size_t memory,
                                        int grid_rows, int grid_columns, size_t *bytes);

/** Computes the Gram matrix of the gradients.
 *
 *  Collective. A rank computes the gradients of its images (skel_gram_samples()). If its rows take
 *  more than `memory`, all gradients are computed several times, and each time some parameters are
 *  used.
 *  @param memory  bytes of gradients on a rank; at least one parameter is used at a time
 *  @param passes  out: how often all gradients were computed; NULL if not wanted
 *  @param out     [images * outputs][images * outputs], *owned*: skel_matrix_destroy() it
 *  Errors: as skel_sample_gradient_create() and skel_gram_create(); SKEL_ERR_NUMBER if a gradient
 *          is not finite. Agreed on.
 *  Source: Jacot et al. 2018; of the Gauss-Newton matrix, Schraudolph 2002.
 */
SKEL_CHECKED skel_status skel_ntk_matrix(const skel_grid *grid, const skel_ntk_point *point,
                                         const skel_ntk_images *images, skel_ntk_form form,
                                         size_t memory, size_t *passes, skel_matrix **out);

#endif
