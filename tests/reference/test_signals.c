/* Signals of methods that prune at initialisation against PyTorch's; make_signals.py has made the
 * file. */
#include "rig.h"
#include "suite.h"
#include "torch.h"

#include "skel/folded.h"
#include "skel/memory.h"
#include "skel/worker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CLASSES = 10, IMAGES = 8, SIDE = 28, STEPS = 3 };

/* A network with its images: one of make_signals.py's NETWORKS. */
typedef struct subject {
    skel_rig rig;
    skel_dataset_info info;
    skel_view view;
    skel_samples samples;
    skel_batches batches;
    skel_comm *comm;
    float *found;    /* [parameter_count] */
    float *expected; /* [parameter_count] */
    uint8_t pixels[IMAGES * SIDE * SIDE];
    uint32_t index[IMAGES];
} subject;

/* make_signals.py's Norm3. */
static skel_network *build_norm3(void)
{
    skel_network *network = NULL;
    skel_builder b;
    size_t x = 0;

    skel_builder_start(&b, "norm3", 4, (skel_tensor){1, SIDE, SIDE}, CLASSES);
    x = skel_builder_relu(
        &b, skel_builder_norm(&b, skel_builder_conv(&b, x, "conv1", 4, 3, 1, 1, false), "bn1"));
    x = skel_builder_relu(
        &b, skel_builder_norm(&b, skel_builder_conv(&b, x, "conv2", 6, 3, 2, 1, false), "bn2"));
    x = skel_builder_relu(
        &b, skel_builder_norm(&b, skel_builder_conv(&b, x, "conv3", 5, 3, 1, 1, false), "bn3"));
    x = skel_builder_pool(&b, SKEL_OP_AVGPOOL, x, 2, 2);
    (void)skel_builder_linear(&b, x, "fc", CLASSES, true);
    ck_assert_ok(skel_builder_finish(&b, &network));
    return network;
}

static void make_images(subject *it)
{
    static const float half = 0.5F;
    static const float quarter = 0.25F;
    float drawn[IMAGES * SIDE * SIDE];

    skel_torch_uniform(1000, sizeof it->pixels, 256, 128, drawn);
    for (size_t i = 0; i < sizeof it->pixels; i++) {
        it->pixels[i] = (uint8_t)drawn[i];
    }
    for (uint32_t i = 0; i < IMAGES; i++) {
        it->rig.label[i] = (uint16_t)(i * 3 % CLASSES);
        it->index[i] = i;
    }
    it->info = (skel_dataset_info){.name = "test",
                                   .channels = 1,
                                   .height = SIDE,
                                   .width = SIDE,
                                   .classes = CLASSES,
                                   .mean = &half,
                                   .deviation = &quarter};
    ck_assert_ok(skel_view_make(&it->info, 0, SKEL_AUGMENT_NONE, 0, &it->view));
    it->samples = (skel_samples){.count = IMAGES, .images = it->pixels, .labels = it->rig.label};
    it->batches = (skel_batches){.view = &it->view,
                                 .samples = &it->samples,
                                 .count = IMAGES,
                                 .batch_size = IMAGES,
                                 .index = it->index};
}

static void make(bool norms, subject *it)
{
    memset(it, 0, sizeof *it);
    if (norms) {
        skel_rig_make(build_norm3(), IMAGES, 1, &it->rig);
    } else {
        skel_rig_model("lenet-300-100", 12, (skel_tensor){1, SIDE, SIDE}, CLASSES, IMAGES,
                       &it->rig);
    }
    skel_torch_fill(&it->rig, 0);
    for (size_t i = 0; i < it->rig.network->buffers; i++) {
        const skel_buffer *b = &it->rig.network->buffer[i];

        skel_torch_uniform(3000 + (uint32_t)i, b->count, 0.5, b->is_variance ? 1 : 0,
                           it->rig.buffers + b->offset);
    }
    make_images(it);
    ck_assert_ok(skel_comm_create_self(&it->comm));
    ck_assert_ok(SKEL_ALLOC(it->rig.network->parameter_count, sizeof(float), &it->found));
    ck_assert_ok(SKEL_ALLOC(it->rig.network->parameter_count, sizeof(float), &it->expected));
}

static void release(subject *it)
{
    SKEL_FREE(&it->expected);
    SKEL_FREE(&it->found);
    skel_comm_destroy(&it->comm);
    skel_rig_free(&it->rig);
}

static skel_worker *worker_of(const subject *it, const char *kind, const skel_network *network,
                              skel_engine_options engine, const uint8_t keep[])
{
    skel_worker *worker = NULL;
    const skel_worker_options options = {.kind = kind,
                                         .engine = engine,
                                         .batch_size = IMAGES,
                                         .batches = 1,
                                         .test_images = 1,
                                         .keep = keep};

    ck_assert_ok(skel_worker_create(it->comm, network, &options, &worker));
    return worker;
}

/* Compares all records of a kind; the norm of the difference relative to the tensor's. */
static void compare(FILE *file, const subject *it, const char *what, bool prunable_alone,
                    double tolerance)
{
    for (size_t p = 0; p < it->rig.network->parameters; p++) {
        const skel_parameter *is = &it->rig.network->parameter[p];
        char name[2 * SKEL_NAME];
        double difference = 0;
        double norm = 0;

        if (prunable_alone && !is->prunable) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%s %s", what, is->name);
        skel_torch_record(file, name, is->count, it->expected);
        for (size_t i = 0; i < is->count; i++) {
            double a = (double)it->found[is->offset + i];
            double b = (double)it->expected[i];

            difference += (a - b) * (a - b);
            norm += b * b;
        }
        ck_assert_msg(norm > 0 && sqrt(difference / norm) <= tolerance, "%s: %g of %g", name,
                      sqrt(difference), sqrt(norm));
    }
}

/* Each of seven sums is rounded to floats; the second derivatives multiply roundings. */
static void check_lookahead(FILE *file, subject *it, const char *kind)
{
    size_t count = it->rig.network->parameter_count;
    skel_worker *worker =
        worker_of(it, kind, it->rig.network,
                  (skel_engine_options){.microbatch = IMAGES, .second_order = true}, NULL);
    skel_lookahead ahead = {.steps = STEPS, .rate = 0.1};
    skel_result result;

    ck_assert_ok(SKEL_ALLOC((STEPS + 1) * count, sizeof(float), &ahead.trajectory));
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &ahead.product));
    ck_assert_ok(skel_worker_lookahead(worker, it->rig.parameters, &ahead, &it->batches, it->found,
                                       &result));
    compare(file, it, "lookahead", false, 2e-4);
    SKEL_FREE(&ahead.product);
    SKEL_FREE(&ahead.trajectory);
    skel_worker_destroy(&worker);
}

static void check_flow(FILE *file, subject *it, const char *kind)
{
    skel_worker *worker =
        worker_of(it, kind, it->rig.network, (skel_engine_options){.microbatch = 1}, NULL);
    double logarithm = 0;

    ck_assert_ok(skel_worker_squared_flow(worker, it->rig.parameters, it->rig.buffers, NULL,
                                          it->found, &logarithm));
    compare(file, it, "flow", true, 1e-5);
    skel_worker_destroy(&worker);
}

/* make_signals.py's mask and its other weights. */
static void disturb(const subject *it, uint8_t keep[], float other[])
{
    const skel_network *network = it->rig.network;

    memset(keep, 1, network->parameter_count);
    memcpy(other, it->rig.parameters, network->parameter_count * sizeof *other);
    for (size_t p = 0; p < network->parameters; p++) {
        const skel_parameter *is = &network->parameter[p];

        if (!is->prunable) {
            continue;
        }
        skel_torch_uniform(2000 + (uint32_t)p, is->count, 1, 0.5, it->expected);
        for (size_t i = 0; i < is->count; i++) {
            keep[is->offset + i] = it->expected[i] < 0.5F;
        }
        skel_torch_uniform(5000 + (uint32_t)p, is->count, 0.05, 0, it->expected);
        for (size_t i = 0; i < is->count; i++) {
            other[is->offset + i] += it->expected[i];
        }
    }
}

/* The difference of two outputs, which are rounded to floats, is about a tenth of them. */
static void check_disturbance(FILE *file, subject *it, const char *kind)
{
    size_t count = it->rig.network->parameter_count;
    skel_folded *folded = NULL;
    skel_worker *worker = NULL;
    uint8_t *keep = NULL;
    uint8_t *folded_keep = NULL;
    float *vector[4] = {NULL};
    skel_result result;

    ck_assert_ok(skel_folded_create(it->rig.network, &folded));
    ck_assert_ok(SKEL_ALLOC(count, 1, &keep));
    ck_assert_ok(SKEL_ALLOC(folded->network->parameter_count, 1, &folded_keep));
    for (size_t i = 0; i < 4; i++) {
        ck_assert_ok(
            SKEL_ALLOC(count + folded->network->parameter_count, sizeof(float), &vector[i]));
    }
    disturb(it, keep, vector[0]);
    skel_folded_mask(folded, keep, folded_keep);
    skel_folded_parameters(folded, it->rig.parameters, it->rig.buffers, vector[1]);
    skel_folded_parameters(folded, vector[0], it->rig.buffers, vector[2]);
    worker =
        worker_of(it, kind, folded->network,
                  (skel_engine_options){.microbatch = 3, .loss = SKEL_LOSS_SQUARES}, folded_keep);
    ck_assert_ok(
        skel_worker_disturb(worker, vector[1], vector[2], &it->batches, vector[3], &result));
    for (size_t p = skel_network_prunable(folded->network, 0); p < folded->network->parameters;
         p = skel_network_prunable(folded->network, p + 1)) {
        const skel_parameter *is = &folded->network->parameter[p];

        memcpy(it->found + it->rig.network->parameter[folded->origin[p]].offset,
               vector[3] + is->offset, is->count * sizeof(float));
    }
    compare(file, it, "disturbance", true, 1e-4);
    for (size_t i = 0; i < 4; i++) {
        SKEL_FREE(&vector[i]);
    }
    skel_worker_destroy(&worker);
    SKEL_FREE(&folded_keep);
    SKEL_FREE(&keep);
    skel_folded_destroy(&folded);
}

START_TEST(signals_are_pytorchs)
{
    static const char *const kinds[] = {"reference", "dense"};
    FILE *file = skel_torch_open("signals.bin");

    for (int norms = 0; norms < 2; norms++) {
        subject it;

        make(norms != 0, &it);
        check_lookahead(file, &it, kinds[_i]);
        check_flow(file, &it, kinds[_i]);
        check_disturbance(file, &it, kinds[_i]);
        release(&it);
    }
    ck_assert_int_eq(fgetc(file), EOF);
    (void)fclose(file);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, signals_are_pytorchs, 0, 2);
}

int main(void)
{
    return skel_suite_run("signals", fill);
}
