/** A compiled network of the sparse engine: its time is in proportion to the kept weights. */
#ifndef SKEL_SPARSE_H
#define SKEL_SPARSE_H

#include "../../../engine/singles.h"
#include "../../../plan/graph.h"
#include "../../../plan/placement.h"
#include "../kernels/kernels.h"

enum {
    SKEL_SPARSE_GROUP = 4096
}; /**< entries whose gradients are summed together: 128 KiB at 8 lanes,
          a quarter of a second cache */

/** What one step of the graph needs besides the graph. */
typedef struct skel_sparse_work {
    /* convolution; a linear layer is one whose kernel is the whole input */
    skel_window window;
    size_t groups;
    bool reads_ring; /**< whether the window reaches beyond the input */
    skel_sparse_rows forward;
    skel_sparse_rows
        backward;     /**< from the output's gradient to the input's; no rows: not wanted */
    float *bias;      /**< [out channels]; NULL if there is none */
    double *bias_sum; /**< [out channels] its gradient under way; NULL if there is none */
    uint8_t *silent;  /**< [out channels] 1: no weight is kept, all outputs are 0 and not written */
    uint8_t *unread;  /**< [in channels] 1: no weight is kept, the layer's part of the input's
                           gradient is 0 and not written */
    uint8_t *still;   /**< [output's channels] 1: all values of the output are 0; NULL unless the
                         engine gives the gradients of all weights */
    uint8_t *idle;    /**< [output's channels] 1: the output's gradient is 0; NULL likewise */
    skel_sparse_bands all; /**< all channels of output and input that are neither idle nor still, if
                                Winograd's algorithm gives the gradients of all weights; no rows: it
                                does not. It has no weights */
    bool spares_output;    /**< whether channels may be silent */
    bool spares_input;     /**< whether channels may be unread */
    skel_engine_layer_profile profile; /**< of a layer with weights */
    size_t feeds; /**< the batch norm that alone reads the output; SKEL_NONE: none */
    /* batch norm */
    skel_sparse_channel *channel; /**< [channels] of the pass under way */
    float *scale;                 /**< [channels] */
    double *inverse;  /**< [channels] 1 / sqrt(variance + epsilon) of the pass under way */
    double *partials; /**< [slots][blocks][channels][2] sums of blocks */
    double elements;  /**< per channel, of all microbatches that share the statistics */
    size_t feeder;    /**< the layer whose output this batch norm alone reads; SKEL_NONE: none. The
                         layer    computes this step's sums of the forward pass */
} skel_sparse_work;

/** Memory of one batch. */
typedef struct skel_sparse_slot {
    size_t images;
    size_t blocks;
    float *image; /**< tensor 0 */
    float *data;  /**< all other values and gradients, by the plan of buffers */
} skel_sparse_slot;

/** Blocks [first, last) of a slot. `first` is a multiple of the blocks of the segment's windows. */
typedef struct skel_sparse_window {
    size_t slot;
    size_t first;
    size_t last;
} skel_sparse_window;

/** Memory of Winograd's algorithm, for one layer at a time. */
typedef struct skel_sparse_winograd {
    const skel_sparse_bands *of; /**< whose weights `weight` holds at all points; NULL: nobody's */
    size_t weights;              /**< capacities, as the next three */
    size_t inputs;
    size_t outputs;
    size_t rooms;
    float *weight; /**< weights at all points */
    float *input;  /**< inputs at all points, of one or more tiles */
    float *output; /**< likewise outputs, or their gradients */
    float *room;   /**< the gradient of weights at all points, of a group of channels */
} skel_sparse_winograd;

typedef struct skel_sparse {
    struct skel_engine base;
    const skel_sparse_kernels *kernels; /**< of the processor */
    skel_graph graph;
    skel_placement_segments segments;
    skel_placement placement;
    skel_sparse_planes *planes; /**< [tensors] */
    skel_sparse_planes *back;   /**< [tensors] of their gradients */
    skel_sparse_work *work;
    size_t blocks; /**< of the largest batch */
    size_t slots;
    skel_sparse_slot *slot;
    float *window; /**< what lives within a segment alone: one window of it, of any slot */
    bool dry;      /**< large blocks of memory are counted, not taken */
    size_t bytes;
    bool has_rows;
    bool packed; /**< whether the rows were made from a packing; else from a flat mask */
    char checksum[SKEL_CHECKSUM_TEXT]; /**< of the packing or the mask that the rows were made from
                                        */
    size_t entries;                    /**< capacity of the arrays of entries that all rows share */
    skel_sparse_entry *entry;
    uint32_t *source;
    uint32_t *place;    /**< [entries] columns of dense rows' matrices */
    size_t band_floats; /**< capacity of band_weight */
    float *band_weight; /**< the matrices of all layers' dense rows */
    size_t band_sums;   /**< capacity of band_sum */
    double *band_sum; /**< gradients of one layer's matrices, in their order; NULL unless the engine
                         gives the gradients of kept weights alone */
    skel_sparse_winograd winograd;
    double *sums; /**< gradients of one layer's weights: [entries]; or of all weights of a layer, in
                       their order, or in that of its `all` if that has rows */
    skel_sparse_column *column; /**< [most elements of the kernel at all channels of an input] of
                                   one layer; NULL in inference */
    uint32_t *group;            /**< [most groups + 1] the first columns of one layer's groups, and
                                     the end of the last; NULL likewise */
    uint32_t *output;           /**< [2][most channels of an output] of one layer, and their rows
                                     of sums; NULL likewise */
    size_t scratch_vectors; /**< of a thread: for the longest row before pruning, for statistics of
                                 all rows of a layer, and at least SKEL_SPARSE_GROUP */
    size_t panel_floats;    /**< of a thread */
    float *panel;           /**< [threads][panel_floats] inputs and sums of dense rows */
    float *zeros;           /**< one plane, as large as the largest */
    float *scratch;         /**< [threads][scratch_vectors][lanes], zeros but in a kernel */
    const skel_singles *samples; /**< gradients of single images that the pass under way computes;
                                    NULL: those of the whole batch */
    float *logits;               /**< [microbatch][classes] and their gradient after them */
    double *statistics;          /**< [slots][columns] of one batch norm */
    double *total;               /**< [columns] sums of `statistics` over slots and ranks */
} skel_sparse;

/** The sparse engine behind the common interface.
 *
 *  Local.
 */
static inline skel_sparse *skel_sparse_of(skel_engine *engine)
{
    return (skel_sparse *)(void *)engine;
}

/** Whether the gradient with respect to a step's input is wanted.
 *
 *  Local.
 */
static inline bool skel_sparse_goes_back(const skel_sparse *sparse, const skel_graph_step *step)
{
    return !sparse->base.options.inference &&
           sparse->graph.tensor[step->operand[SKEL_STEP_INPUT]].differentiable;
}

/** Elements of a layer's kernel at one channel of the input.
 *
 *  Local.
 */
static inline size_t skel_sparse_elements(const skel_sparse_work *work)
{
    return work->window.kernel[0] * work->window.kernel[1];
}

/** Whether the engine gives the gradients of all weights, not of the kept ones alone.
 *
 *  Local.
 */
static inline bool skel_sparse_gives_all(const skel_sparse *sparse)
{
    return !sparse->base.options.inference && !sparse->base.options.kept_only;
}

/** Takes memory, or in a dry run only counts it. Frees the block that `out` points to first.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_sparse_take(skel_sparse *sparse, size_t count, size_t size,
                                          void *out);

#endif
