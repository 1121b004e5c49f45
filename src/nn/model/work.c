/* The work of a mask: its multiply-adds, those of dense rows at the rate of a matrix. */
#include "skel/work.h"

#include "skel/kept.h"

#include <math.h>
#include <stdbool.h>

/* Whether Winograd's algorithm computes a window. */
static bool is_tiled(const skel_window *window)
{
    enum { SIDE = 3 };
    bool fits = true;

    for (size_t d = 0; d < 2; d++) {
        fits = fits && window->kernel[d] == SIDE && window->stride[d] == 1 &&
               window->dilation[d] == 1 && window->before[d] < SIDE;
    }
    return fits;
}

double skel_work_tiled(const skel_window *window, size_t rows, size_t channels, size_t height,
                       size_t width)
{
    enum { SIDE = 4, TOGETHER = 4, POINTS = 36, TAPS = 9 };
    const double product = 1.1;   /* of a matrix: those at the points pass through a second cache */
    const double transform = 250; /* of a channel's tile */
    const double weight = 150;    /* of the taps of a pair of channels */
    size_t tiles = (height + SIDE - 1) / SIDE * ((width + SIDE - 1) / SIDE);
    size_t padded = (tiles + TOGETHER - 1) / TOGETHER * TOGETHER;
    double transforms = (double)tiles * (transform / (double)rows + transform / (double)channels);
    double time = product * (double)(padded * POINTS) + transforms + weight;

    return is_tiled(window) ? fmin(1, time / (double)(TAPS * height * width)) : 1;
}

/* A layer's weights as output channels times inputs: an input is a channel at one place of the
 * window. */
typedef struct layer_matrix {
    size_t rows;
    size_t columns;
    size_t pixels;  /* of the output: how often each weight is used */
    bool has_bands; /* dense rows may be computed as a matrix */
    double tiled;   /* time of Winograd's algorithm relative to a matrix; 1: not used */
} layer_matrix;

/* Whether batch norm alone reads a tensor: else an output whose products are all 0 must be 0, and
 * Winograd's algorithm leaves rounding errors. */
static bool is_only_normalised(const skel_network *network, size_t tensor)
{
    size_t norms = 0;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->input == tensor || op->other == tensor) {
            norms++;
            if (op->kind != SKEL_OP_BATCHNORM) {
                return false;
            }
        }
    }
    return norms > 0;
}

/* Of an operation without weights: no rows. */
static layer_matrix matrix_of(const skel_network *network, size_t op)
{
    const skel_op *it = &network->op[op];
    const skel_tensor *out = &network->tensor[it->output];
    layer_matrix matrix = {.tiled = 1};

    if (skel_op_has_weights(it)) {
        matrix.rows = out->channels;
        matrix.columns = network->parameter[it->weight].count / out->channels;
        matrix.pixels = out->height * out->width;
        matrix.has_bands = it->groups <= 1 && matrix.rows >= SKEL_WORK_LEAST_ROWS &&
                           matrix.pixels >= SKEL_WORK_LEAST_PIXELS;
        if (it->kind == SKEL_OP_CONV && matrix.has_bands &&
            is_only_normalised(network, it->output)) {
            matrix.tiled =
                skel_work_tiled(&it->window, matrix.rows, network->tensor[it->input].channels,
                                out->height, out->width);
        }
    }
    return matrix;
}

/* Inputs that any row reads. As many of them at a time as the nearest cache holds, row by row. */
static size_t read_columns(const layer_matrix *matrix, const uint8_t keep[])
{
    enum { PART = 4096 };
    size_t read = 0;

    for (size_t first = 0; first < matrix->columns; first += PART) {
        size_t count = matrix->columns - first < PART ? matrix->columns - first : PART;
        uint8_t seen[PART] = {0};

        for (size_t row = 0; row < matrix->rows; row++) {
            const uint8_t *at = keep + row * matrix->columns + first;

            for (size_t n = 0; n < count; n++) {
                seen[n] |= at[n];
            }
        }
        read += skel_kept_count(count, seen);
    }
    return read;
}

/* Weights that a layer's mask keeps, those of dense rows as so many; infinity if there are too few
 * dense rows. */
static double count_capped(const layer_matrix *matrix, const uint8_t keep[], double dense)
{
    size_t rows = 0;
    double capped = 0;

    for (size_t row = 0; row < matrix->rows; row++) {
        double kept = (double)skel_kept_count(matrix->columns, keep + row * matrix->columns);

        capped += fmin(kept, dense);
        rows += kept >= dense;
    }
    return rows >= SKEL_WORK_LEAST_ROWS ? capped : HUGE_VAL;
}

/* Weights that a layer's mask keeps; those of dense rows, if there are enough, at their own rate.
 */
static double count_work(const layer_matrix *matrix, const uint8_t keep[])
{
    double work = (double)skel_kept_count(matrix->rows * matrix->columns, keep);

    if (matrix->has_bands) {
        double dense = (double)(SKEL_WORK_DENSE_PERCENT * read_columns(matrix, keep)) / 100;

        work = fmin(work, count_capped(matrix, keep, dense));
        work = fmin(work, count_capped(matrix, keep, dense * matrix->tiled));
    }
    return work;
}

double skel_work_of(const skel_network *network, const uint8_t keep[])
{
    double work = 0;

    for (size_t i = 0; i < network->ops; i++) {
        layer_matrix matrix = matrix_of(network, i);

        if (matrix.rows > 0) {
            const skel_parameter *weight = &network->parameter[network->op[i].weight];

            work += count_work(&matrix, keep + weight->offset) * (double)matrix.pixels;
        }
    }
    return work / skel_network_macs(network);
}

/* Work of each weight of a layer, and for how many weights: in a mask with the least work, or with
 * the most. There a layer may have one dense row less than a matrix needs. */
typedef struct layer_rate {
    double work;
    double weights;
} layer_rate;

static layer_rate rate_of(const layer_matrix *matrix, bool fewest)
{
    const double share = SKEL_WORK_DENSE_PERCENT / 100.0;
    double all = (double)(matrix->rows * matrix->columns);
    layer_rate rate = {.work = (double)matrix->pixels, .weights = all};

    if (matrix->has_bands && fewest) {
        rate.work *= share * matrix->tiled;
    } else if (matrix->has_bands) {
        rate.weights =
            share * all + (1 - share) * (SKEL_WORK_LEAST_ROWS - 1) * (double)matrix->columns;
    }
    return rate;
}

/* The next larger work of a weight, or the next smaller one, and the weights that have it. The
 * first one follows 0; work 0: there is none. */
static layer_rate next_rate(const skel_network *network, double work, bool fewest)
{
    layer_rate next = {.work = 0};

    for (size_t i = 0; i < network->ops; i++) {
        layer_matrix matrix = matrix_of(network, i);
        layer_rate rate = rate_of(&matrix, fewest);
        bool beyond =
            rate.work > 0 && (work == 0 || (fewest ? rate.work > work : rate.work < work));
        bool nearer = next.work == 0 || (fewest ? rate.work < next.work : rate.work > next.work);

        if (beyond && nearer) {
            next = rate;
        } else if (beyond && rate.work == next.work) {
            next.weights += rate.weights;
        }
    }
    return next;
}

static double extreme_work(const skel_network *network, size_t kept, bool fewest)
{
    double left = (double)kept;
    double work = 0;

    for (layer_rate rate = next_rate(network, 0, fewest); rate.work > 0 && left > 0;
         rate = next_rate(network, rate.work, fewest)) {
        double weights = rate.weights < left ? rate.weights : left;

        work += weights * rate.work;
        left -= weights;
    }
    return work / skel_network_macs(network);
}

void skel_work_range(const skel_network *network, size_t kept, double *least, double *most)
{
    *least = extreme_work(network, kept, true);
    *most = extreme_work(network, kept, false);
}
