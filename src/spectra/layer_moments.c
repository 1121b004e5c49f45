/* Second moments of layers' inputs: parts of a few images, dealt out to the ranks, twice: once for
 * the scales of the sums, and once for the sums. */
#include "layer_moments.h"

#include "patches.h"

#include "skel/elimination.h"
#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/moments.h"
#include "skel/stop.h"
#include "skel/text.h"

enum { PART = 16 }; /* images */

/* The work of one call. */
typedef struct skel_moment_work {
    const skel_comm *comm;
    const skel_ntk_point *point;
    const skel_ntk_images *images;
    skel_progress *progress;
    skel_layer_moments *out;
    skel_engine *engine;
    skel_moments **sum; /* [layers] */
    size_t parts;
    bool adds;       /* the second time */
    float *image;    /* [PART][channels][height][width] */
    uint16_t *label; /* [PART] */
    float *logits;   /* [PART][classes] */
    double *input;   /* [PART][largest input] */
    double *vectors; /* [PART][largest list of patches] */
    double *loss;    /* [parts] */
} skel_moment_work;

static size_t elements_of(const skel_tensor *tensor)
{
    return tensor->channels * tensor->height * tensor->width;
}

static const skel_engine_options engine_options = {.microbatch = PART, .inference = true};

/* Largest input and largest list of patches of one image. */
static void widest(const skel_network *network, size_t *input, size_t *patches)
{
    *input = 0;
    *patches = 0;
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (skel_op_has_weights(op)) {
            size_t elements = elements_of(&network->tensor[op->input]);
            size_t list = skel_patches_places(network, op) * skel_patches_order(network, op);

            *input = elements > *input ? elements : *input;
            *patches = list > *patches ? list : *patches;
        }
    }
}

skel_status skel_layer_moments_bytes(const skel_network *network, size_t *bytes)
{
    size_t input = 0;
    size_t patches = 0;
    size_t rows = 0;
    skel_status status =
        skel_engine_bytes(SKEL_LAYER_MOMENTS_ENGINE, network, &engine_options, bytes);

    widest(network, &input, &patches);
    for (size_t i = 0; i < network->ops; i++) {
        if (skel_op_has_weights(&network->op[i])) {
            size_t order = skel_patches_order(network, &network->op[i]);
            size_t row = skel_elimination_bytes(order);

            *bytes += 3 * order * order * sizeof(double) * skel_patches_groups(&network->op[i]);
            rows = row > rows ? row : rows;
        }
    }
    *bytes += rows + PART * (input + patches) * sizeof(double) +
              PART * elements_of(&network->tensor[0]) * sizeof(float);
    return status;
}

/* Refuses what a node has no memory for; nothing large is taken yet. */
static skel_status check_memory(const skel_comm *comm, const skel_network *network)
{
    double available = skel_comm_memory(comm);
    size_t bytes = 0;
    char need[SKEL_TEXT_BYTES];
    char have[SKEL_TEXT_BYTES];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_layer_moments_bytes(network, &bytes));
    if ((double)bytes > available) {
        skel_text_bytes((double)bytes, need);
        skel_text_bytes(available, have);
        status = SKEL_FAIL(SKEL_ERR_MEMORY,
                           "the second moments of the layers of %s take %s on each rank, and the "
                           "node has %s for each; take fewer ranks of a node",
                           network->name, need, have);
    }
done:
    return status;
}

/* Groups of all layers. */
static size_t groups_of(const skel_network *network)
{
    size_t count = 0;

    for (size_t i = 0; i < network->ops; i++) {
        count += skel_op_has_weights(&network->op[i]) ? skel_patches_groups(&network->op[i]) : 0;
    }
    return count;
}

static skel_status make_layers(skel_moment_work *work)
{
    const skel_network *network = work->point->network;
    skel_layer_moments *out = work->out;
    skel_status status = SKEL_OK;

    SKEL_TRY(check_memory(work->comm, network));
    SKEL_TRY(SKEL_ALLOC(groups_of(network), sizeof *out->layer, &out->layer));
    SKEL_TRY(SKEL_ALLOC(groups_of(network), sizeof *work->sum, &work->sum));
    for (size_t i = 0; i < network->ops; i++) {
        for (size_t group = 0;
             skel_op_has_weights(&network->op[i]) && group < skel_patches_groups(&network->op[i]);
             group++) {
            skel_layer_moment *layer = &out->layer[out->layers++];

            layer->op = i;
            layer->group = group;
            layer->order = skel_patches_order(network, &network->op[i]);
            SKEL_TRY(skel_moments_create(work->comm, layer->order, work->parts,
                                         &work->sum[out->layers - 1]));
            SKEL_TRY(SKEL_ALLOC(layer->order * layer->order, sizeof(double), &layer->matrix));
        }
    }
done:
    return status;
}

static skel_status set_up(skel_moment_work *work)
{
    const skel_ntk_point *point = work->point;
    const skel_network *network = point->network;
    size_t input = 0;
    size_t patches = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(make_layers(work));
    widest(network, &input, &patches);
    SKEL_TRY(SKEL_ALLOC(PART * elements_of(&network->tensor[0]), sizeof(float), &work->image));
    SKEL_TRY(SKEL_ALLOC(PART, sizeof *work->label, &work->label));
    SKEL_TRY(SKEL_ALLOC(PART * network->classes, sizeof(float), &work->logits));
    SKEL_TRY(SKEL_ALLOC(PART * input, sizeof(double), &work->input));
    SKEL_TRY(SKEL_ALLOC(PART * patches, sizeof(double), &work->vectors));
    SKEL_TRY(SKEL_ALLOC(work->parts, sizeof(double), &work->loss));
    SKEL_TRY(
        skel_engine_create(SKEL_LAYER_MOMENTS_ENGINE, network, &engine_options, &work->engine));
    status = skel_engine_load(work->engine, point->parameters, point->keep);
done:
    return status;
}

static void tear_down(skel_moment_work *work)
{
    for (size_t i = 0; work->sum != NULL && i < work->out->layers; i++) {
        skel_moments_destroy(&work->sum[i]);
    }
    SKEL_FREE(&work->sum);
    skel_engine_destroy(&work->engine);
    SKEL_FREE(&work->image);
    SKEL_FREE(&work->label);
    SKEL_FREE(&work->logits);
    SKEL_FREE(&work->input);
    SKEL_FREE(&work->vectors);
    SKEL_FREE(&work->loss);
}

/* One group's inputs of a part. */
static skel_status do_layer(skel_moment_work *work, size_t layer, size_t images)
{
    const skel_network *network = work->point->network;
    const skel_layer_moment *moment = &work->out->layer[layer];
    const skel_op *op = &network->op[moment->op];
    size_t vectors = images * skel_patches_places(network, op);
    skel_status status = SKEL_OK;

    if (moment->group == 0) {
        SKEL_TRY(skel_engine_activation(work->engine, op->input, work->input));
    }
    skel_patches_list(network, op, moment->group, images, work->input, work->vectors);
    (work->adds ? skel_moments_add : skel_moments_measure)(work->sum[layer], vectors,
                                                           work->vectors);
done:
    return status;
}

/* All layers' inputs of a part's images. */
static skel_status do_part(skel_moment_work *work, size_t part)
{
    const skel_ntk_images *images = work->images;
    size_t left = images->count - part * PART;
    skel_batch batch = {
        .count = left < PART ? left : PART, .images = work->image, .labels = work->label};
    size_t correct = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_view_fill(images->view, images->samples, batch.count, images->index + part * PART,
                            0, work->image, work->label));
    SKEL_TRY(skel_engine_forward(work->engine, &batch, work->point->buffers, work->logits));
    skel_engine_evaluate(work->engine, &batch, work->logits, &work->loss[part], &correct);
    for (size_t layer = 0; layer < work->out->layers; layer++) {
        SKEL_TRY(do_layer(work, layer, batch.count));
    }
done:
    return status;
}

/* All parts; each rank has one of a round. */
static skel_status do_parts(skel_moment_work *work, bool adds)
{
    size_t ranks = (size_t)skel_comm_size(work->comm);
    size_t rounds = (work->parts + ranks - 1) / ranks;
    skel_status status = SKEL_OK;

    work->adds = adds;
    for (size_t round = 0; round < rounds; round++) {
        size_t part = round * ranks + (size_t)skel_comm_rank(work->comm);

        status = skel_stop_check();
        if (status == SKEL_OK && part < work->parts) {
            status = do_part(work, part);
        }
        SKEL_TRY(skel_comm_agree(work->comm, status));
        if (work->progress != NULL) {
            size_t before = adds ? work->images->count / 2 : 0;

            skel_progress_peek(work->progress,
                               before + work->images->count / 2 * (round + 1) / rounds);
        }
    }
done:
    return status;
}

static void finish(skel_moment_work *work, double damping, double *loss)
{
    const skel_network *network = work->point->network;

    for (size_t i = 0; i < work->out->layers; i++) {
        skel_layer_moment *layer = &work->out->layer[i];
        size_t places = skel_patches_places(network, &network->op[layer->op]);

        skel_moments_finish(work->sum[i], (double)(work->images->count * places), damping,
                            layer->matrix);
    }
    skel_comm_sum_f64(work->comm, work->parts, work->loss); /* one rank has each: exact */
    *loss = 0;
    for (size_t i = 0; i < work->parts; i++) {
        *loss += work->loss[i] / (double)work->images->count;
    }
}

skel_status skel_layer_moments_make(const skel_comm *comm, const skel_ntk_point *point,
                                    const skel_ntk_images *images, double damping,
                                    skel_progress *progress, double *loss, skel_layer_moments *out)
{
    skel_moment_work work = {.comm = comm,
                             .point = point,
                             .images = images,
                             .progress = progress,
                             .out = out,
                             .parts = (images->count + PART - 1) / PART};
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_comm_agree(comm, set_up(&work)));
    SKEL_ASSERT(work.sum != NULL);
    SKEL_TRY(do_parts(&work, false));
    for (size_t layer = 0; layer < out->layers; layer++) {
        if (skel_moments_scale(work.sum[layer]) != SKEL_OK) {
            const skel_op *op = &point->network->op[out->layer[layer].op];

            status = skel_error_prefix("inputs of %s", op->name);
            goto done;
        }
    }
    SKEL_TRY(do_parts(&work, true));
    finish(&work, damping, loss);
done:
    tear_down(&work);
    return status;
}

void skel_layer_moments_free(skel_layer_moments *moments)
{
    for (size_t i = 0; i < moments->layers; i++) {
        SKEL_FREE(&moments->layer[i].matrix);
    }
    SKEL_FREE(&moments->layer);
    moments->layers = 0;
}
