/** A convolutional network as an immutable description: operations, tensors, parameters, buffers.
 */
#ifndef SKEL_NETWORK_H
#define SKEL_NETWORK_H

#include "skel/orthonormal.h"
#include "skel/status.h"

#include <stddef.h>
#include <stdint.h>

enum { SKEL_CLASSES_MAX = 65536 }; /**< most classes of a network: labels are 16-bit integers */

#define SKEL_NONE ((size_t)-1) /**< the index of nothing: no bias, no second input */

enum {
    SKEL_NAME = 128,   /**< bytes of a parameter's name, terminating zero included */
    SKEL_MAX_DIMS = 4, /**< dimensions of a parameter */
};

/** The shape of an activation tensor of one image, [channels][height][width]. */
typedef struct skel_tensor {
    size_t channels;
    size_t height;
    size_t width;
} skel_tensor;

typedef enum skel_op_kind {
    SKEL_OP_CONV,      /**< any window and groups, with or without bias */
    SKEL_OP_BATCHNORM, /**< affine */
    SKEL_OP_RELU,
    SKEL_OP_LEAKY_RELU, /**< x above 0, else `slope` times x */
    SKEL_OP_CLIP,       /**< x, at least `low` and at most `high`; no gradient at the bounds */
    SKEL_OP_SIGMOID,    /**< 1 / (1 + exp(-x)) */
    SKEL_OP_ADD,        /**< input + other */
    SKEL_OP_MUL,        /**< input times other: of the same shape, or [channels][1][1], which
                             multiplies all pixels of a channel */
    SKEL_OP_CONCAT,     /**< channels of the input, then those of the other */
    SKEL_OP_MAXPOOL,    /**< padding is never the largest */
    SKEL_OP_AVGPOOL,    /**< padding is 0; `counts_padding`: it counts in the mean */
    SKEL_OP_LINEAR,     /**< input seen as [channels * height * width]; output [features][1][1] */
} skel_op_kind;

enum { SKEL_OP_KINDS = SKEL_OP_LINEAR + 1 }; /**< kinds of operations: 0, ..., SKEL_OP_KINDS - 1 */

/** How a window slides over a padded image. Pairs are {vertical, horizontal}. Plain data. */
typedef struct skel_window {
    size_t kernel[2];   /**< taps */
    size_t stride[2];   /**< input pixels from one output pixel to the next */
    size_t dilation[2]; /**< input pixels from one tap to the next; 1: neighbours */
    size_t before[2];   /**< padding above and on the left, pixels */
    size_t after[2];    /**< padding below and on the right, pixels */
} skel_window;

/** A square window, not dilated, with the same padding on all sides.
 *
 *  Local.
 */
static inline skel_window skel_window_square(size_t kernel, size_t stride, size_t padding)
{
    return (skel_window){.kernel = {kernel, kernel},
                         .stride = {stride, stride},
                         .dilation = {1, 1},
                         .before = {padding, padding},
                         .after = {padding, padding}};
}

/** One operation. Each comes after the operations that write its inputs. */
typedef struct skel_op {
    skel_op_kind kind;
    char name[SKEL_NAME]; /**< the module's name: "layer1.0.conv1"; "" if it has no parameters */
    size_t input;         /**< tensor */
    size_t other;         /**< tensor, the second operand of SKEL_OP_ADD, MUL and CONCAT, else
                               SKEL_NONE */
    size_t output;        /**< tensor, written by this operation alone */
    size_t weight;        /**< parameter: [outputs][inputs / groups][height][width], OI, or batch
                               norm's scale; else SKEL_NONE */
    size_t bias;          /**< parameter: bias, or batch norm's shift; else SKEL_NONE */
    size_t mean;          /**< buffer: batch norm's running mean, else SKEL_NONE */
    size_t variance;      /**< buffer: batch norm's running variance, else SKEL_NONE */
    skel_window window;   /**< convolution, pooling; else zeros */
    size_t groups;        /**< convolution: output channels of group g see the input channels of
                               group g alone; else 0 */
    bool counts_padding;  /**< SKEL_OP_AVGPOOL: padding counts as pixels of value 0 */
    double slope;         /**< SKEL_OP_LEAKY_RELU: at least 0 */
    double low;           /**< SKEL_OP_CLIP: may be minus infinity */
    double high;          /**< SKEL_OP_CLIP: above `low`; may be infinity */
    double epsilon;       /**< batch norm: added to the variance, 1e-5 in the zoo */
} skel_op;

/** One parameter tensor, a slice of the flat parameter vector in PyTorch's order and layout. */
typedef struct skel_parameter {
    char name[SKEL_NAME]; /**< PyTorch's: "layer1.0.conv1.weight" */
    size_t dims;
    size_t shape[SKEL_MAX_DIMS]; /**< OIHW, OI or [n] */
    size_t offset;               /**< of its first element in every flat vector */
    size_t count;                /**< elements */
    bool prunable;               /**< convolution and linear weights */
} skel_parameter;

/** One buffer tensor (batch norm's running averages), a slice of the flat buffer vector. */
typedef struct skel_buffer {
    char name[SKEL_NAME]; /**< "bn1.running_mean" */
    size_t offset;
    size_t count;
    bool is_variance; /**< starts at 1, not at 0 */
} skel_buffer;

/** A network. Plain data; nobody changes it after skel_model_create(). */
typedef struct skel_network {
    char name[SKEL_NAME]; /**< of the zoo, or of the file that it was read from */
    size_t width;         /**< channels of the first stage */
    size_t classes;
    size_t tensors;
    skel_tensor *tensor; /**< tensor[0] is the input image */
    size_t ops;
    skel_op *op; /**< the last one's output is the logits */
    size_t parameters;
    skel_parameter *parameter;
    size_t buffers;
    skel_buffer *buffer;
    size_t parameter_count; /**< floats of the flat parameter vector */
    size_t prunable_count;  /**< of these, floats of prunable parameters */
    size_t buffer_count;    /**< floats of the flat buffer vector */
} skel_network;

/** Whether an operation is a convolution or a linear layer, whose weights can be pruned.
 *
 *  Local.
 */
bool skel_op_has_weights(const skel_op *op);

/** Names of the models in the zoo: "lenet-5", "resnet20", ..., "vgg19".
 *
 *  Local. `*count` names, static storage.
 */
const char *const *skel_model_names(size_t *count);

/** An image that a model can have: the one of the data set that its paper uses.
 *
 *  Local.
 *  @return e.g. {1, 28, 28} or {3, 32, 32}; zeros for an unknown name, which skel_model_create()
 *          refuses
 */
skel_tensor skel_model_image(const char *name);

/** The width that a model has if none is asked for; 0 for an unknown name.
 *
 *  Local.
 */
size_t skel_model_width(const char *name);

/** Builds a network of the zoo for an input and a number of classes.
 *
 *  Local.
 *  @param width  channels of the first stage; scales all stages. 0: the model's own (the table in
 *                src/nn/model/model.c)
 *  @param input  shape of the image, e.g. {3, 32, 32}
 *  @param out    *owned*: skel_network_destroy() it
 *  Errors: SKEL_ERR_CONFIG for an unknown name (the message suggests the nearest), or for a width,
 *          an input or classes that the model cannot have (the message says which it can have);
 *          SKEL_ERR_MEMORY.
 *  Source: torchvision's definitions and names; each family's paper is in the zoo's files.
 */
SKEL_CHECKED skel_status skel_model_create(const char *name, size_t width, skel_tensor input,
                                           size_t classes, skel_network **out);

/** Frees the network; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_network_destroy(skel_network **network);

/** Whether a network has batch norm.
 *
 *  Local.
 */
bool skel_network_has_batchnorm(const skel_network *network);

/** The first prunable parameter at or after a parameter; `network->parameters` if there is none.
 *
 *  Local. All prunable tensors, in their order:
 *      for (i = skel_network_prunable(network, 0); i < network->parameters;
 *           i = skel_network_prunable(network, i + 1))
 */
size_t skel_network_prunable(const skel_network *network, size_t from);

/** Prunable weights that a mask keeps.
 *
 *  Local. @param keep  [network->parameter_count] 0 or 1
 */
size_t skel_network_kept(const skel_network *network, const uint8_t keep[]);

/** Sets the elements of a flat vector that belong to no prunable parameter to 0.
 *
 *  Local. `values` is [network->parameter_count].
 */
void skel_network_clear_unprunable(const skel_network *network, float values[]);

/** Output channels of all convolutions and linear layers, numbered one after the other in the order
 *  of the operations.
 *
 *  Local.
 */
size_t skel_network_layer_channels(const skel_network *network);

/** The batch norm that alone reads what an operation writes, or SKEL_NONE.
 *
 *  Local. @param op  number of a convolution or a linear layer
 */
size_t skel_network_norm_behind(const skel_network *network, size_t op);

/** The number of the first channel of the layer whose outcome an operation writes: the layer
 *  itself, or the batch norm behind it. SKEL_NONE if the operation is neither.
 *
 *  Local. Channels are counted as skel_network_layer_channels() counts them.
 *  @param op  of the network
 */
size_t skel_network_outcome_channel(const skel_network *network, const skel_op *op);

/** Multiply-adds of one image's forward pass through one operation (convolution, linear; else 0).
 *
 *  Local. Biases are not counted.
 */
double skel_network_op_macs(const skel_network *network, size_t op);

/** Multiply-adds of one image's forward pass.
 *
 *  Local. A backward pass costs twice as many.
 */
double skel_network_macs(const skel_network *network);

/** How weights are drawn. */
typedef enum skel_init {
    SKEL_INIT_KAIMING_NORMAL,         /**< N(0, 2/fan_in) */
    SKEL_INIT_KAIMING_NORMAL_FAN_OUT, /**< N(0, 2/fan_out) */
    SKEL_INIT_XAVIER_NORMAL,          /**< N(0, 2/(fan_in+fan_out)) */
    SKEL_INIT_LECUN_NORMAL,           /**< N(0, s^2) cut off at 2 s, of variance 1/fan_in */
    SKEL_INIT_ORTHOGONAL,             /**< rows (or columns) orthonormal, times sqrt 2 */
    SKEL_INIT_FILE, /**< not drawn: the network's own file has them (skel_onnx_read()) */
} skel_init;

/** Draws all parameters and resets all buffers.
 *
 *  Local; collective if `by` is. Depends on (network, init, seed) alone; each tensor has its own
 *  random stream.
 *  @param init        not SKEL_INIT_FILE
 *  @param by          makes vectors orthonormal; NULL: skel_orthonormal_here()
 *  @param parameters  [network->parameter_count] out
 *  @param buffers     [network->buffer_count] out: means 0, variances 1
 *  Errors: SKEL_ERR_MEMORY; those of `by`.
 *  Source: He et al. 2015; Glorot and Bengio 2010; Saxe et al. 2014; the truncated normal is the
 *          variance scaling that SNIP's authors use (Lee et al. 2019, experiment setup).
 */
SKEL_CHECKED skel_status skel_network_initialise(const skel_network *network, skel_init init,
                                                 uint64_t seed, const skel_orthonormal *by,
                                                 float parameters[], float buffers[]);

/** Draws the scales of all batch norms uniformly from 0 to 1, instead of 1.
 *
 *  Local. Depends on (network, seed) alone; each tensor has its own random stream.
 *  @param parameters  [network->parameter_count] in and out
 *  Source: the ResNets of Frankle et al. 2020 (open_lth).
 */
void skel_network_draw_norms(const skel_network *network, uint64_t seed, float parameters[]);

#endif
