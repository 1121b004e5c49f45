/* Jacobians of logits by images, from an engine to which the image is a parameter. */
#include "skel/jacobian.h"

#include "skel/eigen.h"
#include "skel/engine.h"
#include "skel/folded.h"
#include "skel/gram.h"
#include "skel/imaged.h"
#include "skel/memory.h"

#include <math.h>
#include <string.h>

/* A rank's part. */
typedef struct skel_jacobian_work {
    const skel_ntk_point *point;
    const skel_ntk_images *images;
    size_t classes;
    size_t channels;
    size_t pixels; /* of a channel */
    skel_folded *folded;
    skel_network *imaged;
    skel_engine *engine;
    uint8_t *ones;     /* [imaged->parameter_count] */
    float *parameters; /* [imaged->parameter_count] the image, then the folded network's */
    float *gradient;   /* [imaged->parameter_count] */
    float *input;      /* of the layer that makes the image */
    float *image;      /* [channels][pixels] */
    float *rows;       /* [classes][channels * pixels] one Jacobian */
    double *gram;      /* [images][classes][classes] J J' of every image; 0 for other ranks' */
} skel_jacobian_work;

/* The masked network's parameters, folded. */
static skel_status fold(skel_jacobian_work *work)
{
    const skel_ntk_point *point = work->point;
    size_t count = point->network->parameter_count;
    float *masked = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(count, sizeof *masked, &masked));
    for (size_t i = 0; i < count; i++) {
        masked[i] = point->keep[i] ? point->parameters[i] : 0;
    }
    skel_folded_parameters(work->folded, masked, point->buffers,
                           work->parameters + work->channels * work->pixels);
done:
    SKEL_FREE(&masked);
    return status;
}

static skel_status set_up(skel_jacobian_work *work)
{
    const skel_ntk_point *point = work->point;
    const skel_tensor *image = &point->network->tensor[0];
    /* "sparse" needs a mask, and its kernels are for small windows */
    const char *kind = strcmp(point->kind, "reference") == 0 ? "reference" : "dense";
    skel_engine_options options = {
        .microbatch = 1, .threads = point->threads, .loss = SKEL_LOSS_RAW_NLL};
    size_t count = 0;
    skel_status status = SKEL_OK;

    work->classes = point->network->classes;
    work->channels = image->channels;
    work->pixels = image->height * image->width;
    SKEL_TRY(skel_folded_create(point->network, &work->folded));
    SKEL_TRY(skel_imaged_create(work->folded->network, &work->imaged));
    SKEL_TRY(skel_engine_create(kind, work->imaged, &options, &work->engine));
    count = work->imaged->parameter_count;
    SKEL_TRY(SKEL_ALLOC(count, 1, &work->ones));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &work->parameters));
    SKEL_TRY(SKEL_ALLOC(count, sizeof(float), &work->gradient));
    SKEL_TRY(SKEL_ALLOC(skel_imaged_input(work->imaged), sizeof(float), &work->input));
    SKEL_TRY(SKEL_ALLOC(work->channels * work->pixels, sizeof(float), &work->image));
    SKEL_TRY(SKEL_ALLOC(work->classes * work->channels * work->pixels, sizeof(float), &work->rows));
    SKEL_TRY(SKEL_ALLOC(work->images->count * work->classes * work->classes, sizeof(double),
                        &work->gram));
    memset(work->ones, 1, count);
    skel_imaged_fill(work->imaged, work->input);
    status = fold(work);
done:
    return status;
}

static void tear_down(skel_jacobian_work *work)
{
    skel_engine_destroy(&work->engine);
    skel_network_destroy(&work->imaged);
    skel_folded_destroy(&work->folded);
    SKEL_FREE(&work->ones);
    SKEL_FREE(&work->parameters);
    SKEL_FREE(&work->gradient);
    SKEL_FREE(&work->input);
    SKEL_FREE(&work->image);
    SKEL_FREE(&work->rows);
    SKEL_FREE(&work->gram);
}

static double product(size_t count, const float a[], const float b[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

/* J J' of one image. The signs of all rows are turned: the loss is minus a logit. */
static skel_status compute(skel_jacobian_work *work, size_t image)
{
    const skel_ntk_images *images = work->images;
    size_t size = work->channels * work->pixels;
    double *gram = work->gram + image * work->classes * work->classes;
    uint16_t label = 0;
    const skel_batch batch = {.count = 1, .images = work->input, .labels = &label};
    skel_pass pass = {.gradient = work->gradient};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_fill(images->view, images->samples, 1, images->index + image, 0, work->image,
                            &label));
    skel_imaged_turn(work->channels, work->pixels, work->image, work->parameters);
    SKEL_TRY(skel_engine_load(work->engine, work->parameters, work->ones));
    for (size_t c = 0; c < work->classes; c++) {
        label = (uint16_t)c;
        SKEL_TRY(skel_engine_gradient(work->engine, 1, &batch, 1, &pass));
        memcpy(work->rows + c * size, work->gradient, size * sizeof(float));
    }
    for (size_t a = 0; a < work->classes; a++) {
        for (size_t b = 0; b < work->classes; b++) {
            gram[a * work->classes + b] =
                product(size, work->rows + a * size, work->rows + b * size);
        }
    }
done:
    return status;
}

static skel_status compute_all(const skel_grid *grid, skel_jacobian_work *work)
{
    size_t first = 0;
    size_t count = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(set_up(work));
    skel_gram_samples(grid, work->images->count, &first, &count);
    for (size_t i = first; i < first + count; i++) {
        SKEL_TRY(compute(work, i));
    }
done:
    return status;
}

/* One image's J J', for skel_matrix_fill(). */
typedef struct skel_jacobian_gram {
    size_t classes;
    const double *element;
} skel_jacobian_gram;

static double element(void *context, size_t row, size_t column)
{
    const skel_jacobian_gram *gram = context;

    return gram->element[row * gram->classes + column];
}

/* Adds the image's singular values, the largest first. */
static skel_status add_values(const skel_jacobian_work *work, size_t image, skel_matrix *matrix,
                              size_t count, double eigen[], double values[])
{
    size_t classes = work->classes;
    skel_jacobian_gram gram = {classes, work->gram + image * classes * classes};
    skel_status status = SKEL_OK;

    skel_matrix_fill(matrix, element, &gram);
    SKEL_TRY(skel_eigen_symmetric(matrix, eigen, NULL));
    for (size_t k = 0; k < count; k++) {
        values[k] += sqrt(fmax(eigen[classes - 1 - k], 0)) / (double)work->images->count;
    }
done:
    return status;
}

skel_status skel_jacobian_spectrum(const skel_grid *grid, const skel_ntk_point *point,
                                   const skel_ntk_images *images, skel_spectrum *out)
{
    const skel_comm *comm = skel_grid_comm(grid);
    skel_jacobian_work work = {.point = point, .images = images};
    size_t classes = point->network->classes;
    skel_matrix *matrix = NULL;
    double *eigen = NULL;
    double *values = NULL;
    size_t count = 0;
    skel_status status = SKEL_OK;

    *out = (skel_spectrum){0};
    status = SKEL_ALLOC(classes, sizeof *eigen, &eigen);
    if (status == SKEL_OK) {
        status = SKEL_ALLOC(classes, sizeof *values, &values);
    }
    if (status == SKEL_OK) {
        status = compute_all(grid, &work);
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_sum_f64(comm, images->count * classes * classes, work.gram);
    SKEL_TRY(skel_matrix_create(grid, classes, classes, &matrix));
    count = work.channels * work.pixels;
    count = count < classes ? count : classes;
    for (size_t i = 0; i < images->count; i++) {
        SKEL_TRY(add_values(&work, i, matrix, count, eigen, values));
    }
    status = skel_comm_agree(comm, skel_spectrum_of_values(count, values, out));
done:
    skel_matrix_destroy(&matrix);
    SKEL_FREE(&eigen);
    SKEL_FREE(&values);
    tear_down(&work);
    return status;
}
