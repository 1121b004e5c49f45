/* Masks against PyTorch's, which make_masks.py has made from the same weights and images. */
#include "suite.h"
#include "torch.h"

#include "skel/memory.h"
#include "skel/prune.h"
#include "skel/schedule.h"
#include "skel/worker.h"

#include <stdio.h>
#include <string.h>

enum { CLASSES = 10, BATCHES = 2, MAX_SEGMENTS = 32, LINE = 256 };

/* Tensors of each seed; which of them are buffers, and batches: as in make_masks.py. */
enum { TENSORS = 2048, BUFFERS = 500, PIXELS = 1000 };

/* The published code's, and the default of prune.temperature. */
static const double grasp_temperature = 200;

/* The engines that networks are pruned with; the last one computes plain gradients only. */
static const char *const kinds[] = {"reference", "dense", "sparse"};

enum { ALL_KINDS = sizeof kinds / sizeof kinds[0], KINDS = ALL_KINDS - 1 };

/* A network with its batches: one line of the listing. */
typedef struct subject {
    skel_rig rig;
    skel_dataset_info info;
    skel_view view;
    skel_samples samples;
    skel_batches batches;
    size_t segments;
    skel_segment segment[MAX_SEGMENTS];
    uint8_t *pixels;
    uint32_t *index;
    float *signal; /* [parameter_count] */
    float *vector; /* [parameter_count] */
} subject;

/* What PyTorch has found; planes are [prunable_count] bits, the lowest of each byte first. */
typedef struct expectation {
    char method[32];
    double sparsity;
    size_t kept;
    size_t iterations;
    uint8_t *mask;
    uint8_t *near_threshold;
} expectation;

/* What a test has compared. */
typedef struct tally {
    size_t masks;
    size_t weights;
    size_t near_threshold;
    size_t disagreeing; /* of these */
} tally;

/* Running averages that are not those of a new network. */
static void fill_buffers(subject *it, uint32_t first)
{
    const skel_network *network = it->rig.network;

    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];

        skel_torch_uniform(first + BUFFERS + (uint32_t)i, b->count, 1, b->is_variance ? 1 : 0,
                           it->rig.buffers + b->offset);
    }
}

/* The two batches of make_masks.py's subject(), as bytes. */
static void fill_batches(subject *it, size_t images, uint32_t first)
{
    const double scale[BATCHES] = {256, 128};
    const double offset[BATCHES] = {128, 160};
    skel_tensor in = it->rig.network->tensor[0];
    size_t batch = images * in.channels * in.height * in.width;

    ck_assert_ok(SKEL_ALLOC(BATCHES * batch, 1, &it->pixels));
    ck_assert_ok(SKEL_ALLOC(it->rig.images, sizeof *it->index, &it->index));
    for (uint32_t b = 0; b < BATCHES; b++) {
        skel_torch_uniform(first + PIXELS + b, batch, scale[b], offset[b], it->rig.image);
        for (size_t i = 0; i < batch; i++) {
            it->pixels[b * batch + i] = (uint8_t)it->rig.image[i];
        }
    }
    for (uint32_t i = 0; i < it->rig.images; i++) {
        it->rig.label[i] = (uint16_t)(i * 3 % CLASSES);
        it->index[i] = i;
    }
}

/* Shows the images to workers. */
static void show_batches(subject *it, size_t images)
{
    static const float half[] = {0.5F, 0.5F, 0.5F};
    static const float quarter[] = {0.25F, 0.25F, 0.25F};
    skel_tensor in = it->rig.network->tensor[0];

    it->info = (skel_dataset_info){.name = "test",
                                   .channels = in.channels,
                                   .height = in.height,
                                   .width = in.width,
                                   .classes = CLASSES,
                                   .mean = half,
                                   .deviation = quarter};
    ck_assert_ok(skel_view_make(&it->info, 0, SKEL_AUGMENT_NONE, 0, &it->view));
    it->samples =
        (skel_samples){.count = it->rig.images, .images = it->pixels, .labels = it->rig.label};
    it->batches = (skel_batches){.view = &it->view,
                                 .samples = &it->samples,
                                 .count = it->rig.images,
                                 .batch_size = images,
                                 .index = it->index};
}

static void make_subject(const char *line, subject *it)
{
    char name[SKEL_NAME];
    size_t n[5];
    uint32_t seed = 0;
    const skel_network *network = NULL;

    ck_assert_int_eq(sscanf(line, "model %63s %zu %zu %zu %zu %u %zu", name, &n[0], &n[1], &n[2],
                            &n[3], &seed, &n[4]),
                     7);
    memset(it, 0, sizeof *it);
    skel_rig_model(name, n[0], (skel_tensor){n[1], n[2], n[2]}, CLASSES, BATCHES * n[3], &it->rig);
    network = it->rig.network;
    ck_assert_uint_eq(network->prunable_count, n[4]);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        if (p->prunable) {
            ck_assert_uint_lt(it->segments, MAX_SEGMENTS);
            it->segment[it->segments++] = (skel_segment){p->offset, p->count};
        }
    }
    skel_torch_fill(&it->rig, TENSORS * seed);
    fill_buffers(it, TENSORS * seed);
    fill_batches(it, n[3], TENSORS * seed);
    show_batches(it, n[3]);
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &it->signal));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &it->vector));
}

static void free_subject(subject *it)
{
    skel_rig_free(&it->rig);
    SKEL_FREE(&it->pixels);
    SKEL_FREE(&it->index);
    SKEL_FREE(&it->signal);
    SKEL_FREE(&it->vector);
}

/* GraSP's vector is the gradient by the prunable weights alone. */
static void hessian_times_gradient(subject *it, skel_worker *worker)
{
    const float *parameters = it->rig.parameters;
    skel_result result;

    memset(it->vector, 0, it->rig.network->parameter_count * sizeof *it->vector);
    ck_assert_ok(skel_worker_gradient(worker, parameters, &it->batches, it->signal, NULL, &result));
    for (size_t s = 0; s < it->segments; s++) {
        size_t offset = it->segment[s].offset;

        memcpy(it->vector + offset, it->signal + offset, it->segment[s].count * sizeof *it->vector);
    }
    ck_assert_ok(
        skel_worker_hessian(worker, parameters, it->vector, &it->batches, it->signal, &result));
}

/* What the criterion scores with, at parameters * mask. */
static void compute_signal(subject *it, skel_worker *worker, skel_signal signal)
{
    const float *parameters = it->rig.parameters;
    double logarithm = 0;
    skel_result result;

    switch (signal) {
    case SKEL_SIGNAL_GRADIENT:
        ck_assert_ok(
            skel_worker_gradient(worker, parameters, &it->batches, it->signal, NULL, &result));
        break;
    case SKEL_SIGNAL_HESSIAN:
        hessian_times_gradient(it, worker);
        break;
    case SKEL_SIGNAL_FLOW:
        ck_assert_ok(
            skel_worker_flow(worker, parameters, it->rig.buffers, NULL, it->signal, &logarithm));
        break;
    case SKEL_SIGNAL_NONE:
    case SKEL_SIGNAL_SQUARED_FLOW:
    case SKEL_SIGNAL_ACTIVE_PATHS:
    case SKEL_SIGNAL_LOOKAHEAD:
    case SKEL_SIGNAL_WALK:
    case SKEL_SIGNAL_DISTURBANCE:
    case SKEL_SIGNAL_CURVATURE:
    case SKEL_SIGNAL_CHANNELS:
    case SKEL_SIGNAL_ENERGY:
    case SKEL_SIGNAL_FISHER:
    case SKEL_SIGNAL_ELIMINATION:
        ck_abort_msg("no such method is in the fixture");
    }
}

static skel_worker *worker_of(const skel_comm *comm, const subject *it, const char *kind,
                              const skel_method *method, const skel_mask *mask)
{
    bool second_order = method->signal == SKEL_SIGNAL_HESSIAN;
    const skel_worker_options options = {
        .kind = kind,
        .engine = {.microbatch = it->batches.batch_size,
                   .kept_only = strcmp(kind, kinds[KINDS]) == 0 && method->permanent,
                   .density = (double)mask->kept / (double)mask->prunable,
                   .second_order = second_order,
                   .temperature = second_order ? grasp_temperature : 0},
        .batch_size = it->batches.batch_size,
        .batches = BATCHES,
        .test_images = 1,
        .keep = mask->keep,
    };
    skel_worker *worker = NULL;

    ck_assert_ok(skel_worker_create(comm, it->rig.network, &options, &worker));
    return worker;
}

/* All iterations; the mask is *owned* by the caller. */
static skel_mask *prune(subject *it, const char *kind, const expectation *like)
{
    skel_prune_request request = {.parameters = it->rig.parameters, .signal = it->signal};
    const skel_network *network = it->rig.network;
    skel_prune_report report;
    skel_worker *worker = NULL;
    skel_comm *comm = NULL;
    skel_mask *mask = NULL;

    ck_assert_ok(skel_method_find(like->method, &request.method));
    ck_assert_ok(skel_comm_create_self(&comm));
    ck_assert_ok(
        skel_mask_create(network->parameter_count, it->segments, it->segment, NULL, &mask));
    for (size_t t = 1; t <= like->iterations; t++) {
        worker = worker_of(comm, it, kind, request.method, mask);
        request.kept = skel_schedule_kept(SKEL_SCHEDULE_EXPONENTIAL, network->prunable_count,
                                          1 - like->sparsity, t, like->iterations);
        compute_signal(it, worker, request.method->signal);
        ck_assert_ok(skel_prune_mask(comm, &request, mask, &report));
        skel_worker_destroy(&worker);
    }
    skel_comm_destroy(&comm);
    return mask;
}

static bool bit_of(const uint8_t plane[], size_t i)
{
    return (plane[i / 8] >> i % 8 & 1) != 0;
}

/* Every weight that is not near the threshold must be as PyTorch has it. */
static void compare(const subject *it, const char *what, const skel_mask *mask,
                    const expectation *expected, tally *total)
{
    size_t wrong = 0;
    size_t i = 0; /* among the prunable weights */

    for (size_t s = 0; s < it->segments; s++) {
        for (size_t j = 0; j < it->segment[s].count; j++, i++) {
            bool keep = mask->keep[it->segment[s].offset + j] != 0;
            bool near_threshold = bit_of(expected->near_threshold, i);
            bool disagrees = keep != bit_of(expected->mask, i);

            total->near_threshold += near_threshold;
            total->disagreeing += near_threshold && disagrees;
            wrong += !near_threshold && disagrees;
        }
    }
    ck_assert_uint_eq(mask->kept, expected->kept);
    ck_assert_msg(wrong == 0, "%s, %s at %g: %zu of %zu weights far from the threshold disagree",
                  it->rig.network->name, what, expected->sparsity, wrong, i);
    total->masks++;
    total->weights += i;
}

/* Reads the two planes of a line, which are there for every method. */
static void read_planes(FILE *planes, size_t weights, expectation *out)
{
    size_t bytes = (weights + 7) / 8;

    ck_assert_ok(SKEL_ALLOC(bytes, 1, &out->mask));
    ck_assert_ok(SKEL_ALLOC(bytes, 1, &out->near_threshold));
    ck_assert_uint_eq(fread(out->mask, 1, bytes, planes), bytes);
    ck_assert_uint_eq(fread(out->near_threshold, 1, bytes, planes), bytes);
}

/* One mask, if it is of this method. */
static void check_mask(subject *it, const char *line, FILE *planes, const char *kind,
                       const char *method, tally *total)
{
    expectation expected = {.mask = NULL};

    ck_assert_int_eq(sscanf(line, " %31s %lf %zu %zu", expected.method, &expected.sparsity,
                            &expected.kept, &expected.iterations),
                     4);
    ck_assert_ptr_nonnull(it->rig.network);
    read_planes(planes, it->rig.network->prunable_count, &expected);
    if (strcmp(expected.method, method) == 0) {
        skel_mask *mask = prune(it, kind, &expected);

        compare(it, kind, mask, &expected, total);
        skel_mask_destroy(&mask);
    }
    SKEL_FREE(&expected.mask);
    SKEL_FREE(&expected.near_threshold);
}

static void check_method(const char *method, const char *kind)
{
    FILE *text = skel_torch_open("masks.txt");
    FILE *planes = skel_torch_open("masks.bin");
    char line[LINE];
    subject it = {.segments = 0};
    tally total = {0};

    while (fgets(line, sizeof line, text) != NULL) {
        if (line[0] == ' ') {
            check_mask(&it, line, planes, kind, method, &total);
        } else {
            free_subject(&it);
            make_subject(line, &it);
        }
    }
    free_subject(&it);
    ck_assert_int_eq(fgetc(planes), EOF);
    (void)fclose(planes);
    (void)fclose(text);
    ck_assert_uint_eq(total.masks, 6); /* three networks, two sparsities */
    ck_assert_uint_le(total.disagreeing, total.near_threshold);
    (void)printf("%s, %s engine: of %zu weights %zu are near a threshold, of which %zu disagree\n",
                 method, kind, total.weights, total.near_threshold, total.disagreeing);
}

START_TEST(snips_masks_are_pytorchs)
{
    check_method("snip", kinds[_i]);
}
END_TEST

START_TEST(iterative_snips_masks_are_pytorchs)
{
    check_method("iter-snip", kinds[_i]);
}
END_TEST

START_TEST(forces_masks_are_pytorchs)
{
    check_method("force", kinds[_i]);
}
END_TEST

START_TEST(grasps_masks_are_pytorchs)
{
    check_method("grasp", kinds[_i]);
}
END_TEST

START_TEST(synflows_masks_are_pytorchs)
{
    check_method("synflow", kinds[_i]);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, snips_masks_are_pytorchs, 0, KINDS);
    tcase_add_loop_test(tcase, iterative_snips_masks_are_pytorchs, 0, ALL_KINDS);
    tcase_add_loop_test(tcase, forces_masks_are_pytorchs, 0, ALL_KINDS);
    tcase_add_loop_test(tcase, grasps_masks_are_pytorchs, 0, KINDS);
    tcase_add_loop_test(tcase, synflows_masks_are_pytorchs, 0, KINDS);
}

int main(void)
{
    return skel_suite_run("masks", fill);
}
