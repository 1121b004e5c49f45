/* Gram matrices of gradients. */
#include "skel/ntk.h"

#include "skel/gram.h"
#include "skel/memory.h"
#include "skel/sample_gradient.h"

#include <math.h>
#include <string.h>

enum { ROWS = 32 /* that one pass computes, about, if they fit */ };

/* A rank's part. */
typedef struct skel_ntk_work {
    const skel_ntk_point *point;
    const skel_ntk_images *images;
    skel_ntk_form form;
    size_t outputs;
    size_t first; /* image of this rank */
    size_t count; /* images of this rank */
    size_t kept;
    size_t width; /* parameters at a time */
    skel_sample_gradient *gradients;
    size_t stride;      /* of `whole` */
    size_t batch;       /* images whose rows are in `whole` */
    float *image;       /* [batch][channels][height][width] */
    float *copy;        /* [rows of one pass][channels][height][width] the image of each row */
    uint16_t *label;    /* [batch], then [rows of one pass] the class of each logit */
    float *probability; /* [batch][classes] */
    float *whole;       /* [batch][outputs][stride] gradients of logits, or of their sums */
    float *rows;        /* [count][outputs][width] */
} skel_ntk_work;

size_t skel_ntk_outputs(skel_ntk_form form, const skel_network *network)
{
    return form == SKEL_NTK_SUM ? 1 : network->classes;
}

/* Parameters of which a rank can hold all its rows. */
static size_t width_of(size_t rows, size_t kept, size_t memory)
{
    size_t width = memory / sizeof(float) / (rows > 0 ? rows : 1);

    return width < 1 ? 1 : width < kept ? width : kept;
}

/* Rows of one pass, about: those of whole images. */
static size_t rows_of(size_t outputs)
{
    return (ROWS + outputs - 1) / outputs * outputs;
}

skel_status skel_ntk_bytes(const skel_network *network, const char *kind, int threads,
                           size_t images, size_t outputs, size_t kept, size_t memory, int grid_rows,
                           int grid_columns, size_t *bytes)
{
    size_t ranks = (size_t)grid_rows * (size_t)grid_columns;
    size_t rows = (images + ranks - 1) / ranks * outputs;
    size_t width = width_of(rows, kept, memory);
    size_t packed = kept + network->parameter_count - network->prunable_count;
    size_t floats =
        network->tensor[0].channels * network->tensor[0].height * network->tensor[0].width;
    skel_status status =
        skel_sample_gradient_bytes(network, kind, threads, rows_of(outputs), kept, bytes);

    *bytes +=
        rows * width * sizeof(float) + skel_gram_bytes(images, outputs, grid_rows, grid_columns);
    *bytes += (outputs * packed + 2 * rows_of(outputs) * floats) * sizeof(float);
    return status;
}

/* Memory of images, labels and gradients of as many images as one pass has rows of. */
static skel_status take(skel_ntk_work *work)
{
    const skel_network *network = work->point->network;
    const skel_tensor *input = &network->tensor[0];
    size_t floats = input->channels * input->height * input->width;
    size_t rows = skel_sample_gradient_batch(work->gradients);
    skel_status status = SKEL_OK;

    work->batch = rows > work->outputs ? rows / work->outputs : 1;
    work->stride = skel_sample_gradient_stride(work->gradients);
    SKEL_TRY(SKEL_ALLOC(work->batch * floats, sizeof(float), &work->image));
    SKEL_TRY(SKEL_ALLOC(rows * floats, sizeof(float), &work->copy));
    SKEL_TRY(SKEL_ALLOC(work->batch + rows, sizeof *work->label, &work->label));
    SKEL_TRY(SKEL_ALLOC(work->batch * network->classes, sizeof(float), &work->probability));
    SKEL_TRY(SKEL_ALLOC(work->batch * work->outputs * work->stride, sizeof(float), &work->whole));
done:
    return status;
}

static skel_status set_up(const skel_grid *grid, skel_ntk_work *work, size_t memory)
{
    const skel_ntk_point *point = work->point;
    const skel_network *network = point->network;
    skel_sample_gradient_options options = {
        .kind = point->kind,
        .threads = point->threads,
        .batch = rows_of(work->outputs),
        .output = work->form == SKEL_NTK_SUM ? SKEL_SAMPLE_SUM : SKEL_SAMPLE_LOGIT,
        .parameters = point->parameters,
        .buffers = point->buffers,
        .keep = point->keep};
    size_t ranks = (size_t)skel_comm_size(skel_grid_comm(grid));
    size_t most = (work->images->count + ranks - 1) / ranks;
    skel_status status = SKEL_OK;

    skel_gram_samples(grid, work->images->count, &work->first, &work->count);
    SKEL_TRY(skel_sample_gradient_create(network, &options, &work->gradients));
    work->kept = skel_sample_gradient_kept(work->gradients);
    work->width = width_of(most * work->outputs, work->kept, memory);
    SKEL_TRY(take(work));
    SKEL_TRY(SKEL_ALLOC(work->count * work->outputs * work->width, sizeof(float), &work->rows));
done:
    return status;
}

static void tear_down(skel_ntk_work *work)
{
    skel_sample_gradient_destroy(&work->gradients);
    SKEL_FREE(&work->image);
    SKEL_FREE(&work->copy);
    SKEL_FREE(&work->label);
    SKEL_FREE(&work->probability);
    SKEL_FREE(&work->whole);
    SKEL_FREE(&work->rows);
}

/* The rows of an image. */
static float *rows_at(const skel_ntk_work *work, size_t image)
{
    return work->whole + image * work->outputs * work->stride;
}

static void soften(size_t classes, float logits[])
{
    double largest = (double)-INFINITY;
    double sum = 0;

    for (size_t c = 0; c < classes; c++) {
        largest = fmax(largest, (double)logits[c]);
    }
    for (size_t c = 0; c < classes; c++) {
        sum += exp((double)logits[c] - largest);
    }
    for (size_t c = 0; c < classes; c++) {
        logits[c] = (float)(exp((double)logits[c] - largest) / sum);
    }
}

/* The Hessian of the cross-entropy by the logits is H = diag(p) - p p' = B B' with
 * B = diag(r) - p r', r the roots of p. Row c of B' J is r_c (J_c - sum_k p_k J_k). */
static void weight(const skel_ntk_work *work, size_t image)
{
    size_t classes = work->point->network->classes;
    const float *probability = work->probability + image * classes;
    float *whole = rows_at(work, image);
    double scale = 1 / sqrt((double)work->images->count);

    for (size_t k = 0; k < work->kept; k++) {
        double mean = 0;

        for (size_t c = 0; c < classes; c++) {
            mean += (double)probability[c] * (double)whole[c * work->stride + k];
        }
        for (size_t c = 0; c < classes; c++) {
            float *element = &whole[c * work->stride + k];

            *element = (float)(scale * sqrt((double)probability[c]) * ((double)*element - mean));
        }
    }
}

/* The rows of the images that are in `image`: as many at a time as fit in a pass, each with a copy
 * of its image. */
static skel_status differentiate(const skel_ntk_work *work, size_t count)
{
    const skel_tensor *input = &work->point->network->tensor[0];
    size_t floats = input->channels * input->height * input->width;
    size_t most = skel_sample_gradient_batch(work->gradients);
    size_t all = count * work->outputs;
    uint16_t *label = work->label + work->batch;
    skel_status status = SKEL_OK;

    for (size_t from = 0; from < all; from += most) {
        size_t rows = all - from < most ? all - from : most;

        for (size_t i = 0; i < rows; i++) {
            memcpy(work->copy + i * floats, work->image + (from + i) / work->outputs * floats,
                   floats * sizeof(float));
            label[i] = (uint16_t)((from + i) % work->outputs);
        }
        SKEL_TRY(skel_sample_gradient_of(work->gradients, rows, work->copy, label,
                                         work->whole + from * work->stride));
    }
done:
    return status;
}

/* The rows of some images, in the form that is wanted. */
static skel_status compute(const skel_ntk_work *work, size_t image, size_t count)
{
    const skel_ntk_images *images = work->images;
    size_t classes = work->point->network->classes;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_fill(images->view, images->samples, count, images->index + image, 0,
                            work->image, work->label));
    SKEL_TRY(differentiate(work, count));
    if (work->form == SKEL_NTK_GAUSS_NEWTON) {
        SKEL_TRY(
            skel_sample_gradient_logits(work->gradients, count, work->image, work->probability));
        for (size_t i = 0; i < count; i++) {
            soften(classes, work->probability + i * classes);
            weight(work, i);
        }
    }
done:
    return status;
}

/* Rows of all this rank's images, parameters `from` and on. */
static skel_status compute_all(const skel_ntk_work *work, size_t from, size_t width)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < work->count; i += work->batch) {
        size_t count = work->count - i < work->batch ? work->count - i : work->batch;

        SKEL_TRY(compute(work, work->first + i, count));
        for (size_t r = 0; r < count * work->outputs; r++) {
            memcpy(work->rows + (i * work->outputs + r) * work->width,
                   work->whole + r * work->stride + from, width * sizeof(float));
        }
    }
done:
    return status;
}

skel_status skel_ntk_matrix(const skel_grid *grid, const skel_ntk_point *point,
                            const skel_ntk_images *images, skel_ntk_form form, size_t memory,
                            size_t *passes, skel_matrix **out)
{
    const skel_comm *comm = skel_grid_comm(grid);
    skel_ntk_work work = {.point = point,
                          .images = images,
                          .form = form,
                          .outputs = skel_ntk_outputs(form, point->network)};
    skel_gram *gram = NULL;
    size_t rounds = 0;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(skel_gram_create(grid, images->count, work.outputs, &gram));
    SKEL_TRY(skel_comm_agree(comm, set_up(grid, &work, memory)));
    for (size_t from = 0; from < work.kept; from += work.width) {
        size_t width = work.kept - from < work.width ? work.kept - from : work.width;

        SKEL_TRY(skel_comm_agree(comm, compute_all(&work, from, width)));
        SKEL_TRY(skel_gram_add(gram, width, work.width, work.rows));
        rounds++;
    }
    skel_gram_finish(&gram, out);
    if (passes != NULL) {
        *passes = rounds;
    }
done:
    tear_down(&work);
    skel_gram_destroy(&gram);
    return status;
}
