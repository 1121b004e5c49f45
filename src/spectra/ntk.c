/* Gram matrices of gradients. */
#include "skel/ntk.h"

#include "skel/gram.h"
#include "skel/memory.h"
#include "skel/sample_gradient.h"

#include <math.h>
#include <string.h>

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
    float *image;       /* [channels][height][width] */
    float *probability; /* [classes] */
    float *whole;       /* [classes][kept] gradients of one image's logits */
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

size_t skel_ntk_bytes(size_t images, size_t outputs, size_t kept, size_t memory, int grid_rows,
                      int grid_columns)
{
    size_t ranks = (size_t)grid_rows * (size_t)grid_columns;
    size_t rows = (images + ranks - 1) / ranks * outputs;
    size_t width = width_of(rows, kept, memory);

    return rows * width * sizeof(float) + outputs * kept * sizeof(float) +
           skel_gram_bytes(images, outputs, grid_rows, grid_columns);
}

static skel_status set_up(const skel_grid *grid, skel_ntk_work *work, size_t memory)
{
    const skel_ntk_point *point = work->point;
    const skel_network *network = point->network;
    const skel_tensor *input = &network->tensor[0];
    skel_sample_gradient_options options = {.kind = point->kind,
                                            .threads = point->threads,
                                            .output = SKEL_SAMPLE_LOGIT,
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
    SKEL_TRY(
        SKEL_ALLOC(input->channels * input->height * input->width, sizeof(float), &work->image));
    SKEL_TRY(SKEL_ALLOC(network->classes, sizeof(float), &work->probability));
    SKEL_TRY(SKEL_ALLOC(network->classes * work->kept, sizeof(float), &work->whole));
    SKEL_TRY(SKEL_ALLOC(work->count * work->outputs * work->width, sizeof(float), &work->rows));
done:
    return status;
}

static void tear_down(skel_ntk_work *work)
{
    skel_sample_gradient_destroy(&work->gradients);
    SKEL_FREE(&work->image);
    SKEL_FREE(&work->probability);
    SKEL_FREE(&work->whole);
    SKEL_FREE(&work->rows);
}

/* The first row becomes the sum of all. */
static void add_up(const skel_ntk_work *work)
{
    for (size_t c = 1; c < work->point->network->classes; c++) {
        for (size_t k = 0; k < work->kept; k++) {
            work->whole[k] += work->whole[c * work->kept + k];
        }
    }
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
static void weight(const skel_ntk_work *work)
{
    size_t classes = work->point->network->classes;
    double scale = 1 / sqrt((double)work->images->count);

    for (size_t k = 0; k < work->kept; k++) {
        double mean = 0;

        for (size_t c = 0; c < classes; c++) {
            mean += (double)work->probability[c] * (double)work->whole[c * work->kept + k];
        }
        for (size_t c = 0; c < classes; c++) {
            float *element = &work->whole[c * work->kept + k];

            *element =
                (float)(scale * sqrt((double)work->probability[c]) * ((double)*element - mean));
        }
    }
}

/* The gradients of one image's logits, in the form that is wanted. */
static skel_status compute(const skel_ntk_work *work, size_t image)
{
    const skel_ntk_images *images = work->images;
    size_t classes = work->point->network->classes;
    uint16_t label = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_fill(images->view, images->samples, 1, images->index + image, 0, work->image,
                            &label));
    for (size_t c = 0; c < classes; c++) {
        SKEL_TRY(skel_sample_gradient_of(work->gradients, work->image, (uint16_t)c,
                                         work->whole + c * work->kept));
    }
    if (work->form == SKEL_NTK_SUM) {
        add_up(work);
    } else if (work->form == SKEL_NTK_GAUSS_NEWTON) {
        SKEL_TRY(skel_sample_gradient_logits(work->gradients, work->image, work->probability));
        soften(classes, work->probability);
        weight(work);
    }
done:
    return status;
}

/* Rows of all this rank's images, parameters `from` and on. */
static skel_status compute_all(const skel_ntk_work *work, size_t from, size_t width)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < work->count; i++) {
        SKEL_TRY(compute(work, work->first + i));
        for (size_t c = 0; c < work->outputs; c++) {
            memcpy(work->rows + (i * work->outputs + c) * work->width,
                   work->whole + c * work->kept + from, width * sizeof(float));
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
    status = skel_gram_finish(&gram, out);
    if (passes != NULL) {
        *passes = rounds;
    }
done:
    tear_down(&work);
    skel_gram_destroy(&gram);
    return status;
}
