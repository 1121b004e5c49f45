/* Rigs: random weights, images and labels. */
#include "rig.h"

#include "suite.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static float *floats(size_t count)
{
    float *out = NULL;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *out, &out));
    return out;
}

/* Weights stay as initialised; scales and biases leave the values where mistakes hide. */
static void scatter(skel_rig *rig, skel_stream *stream)
{
    const skel_network *network = rig->network;

    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t j = 0; !p->prunable && j < p->count; j++) {
            rig->parameters[p->offset + j] += (float)(0.2 * skel_stream_normal(stream));
        }
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];

        for (size_t j = 0; j < b->count; j++) {
            rig->buffers[b->offset + j] =
                (float)(b->is_variance ? 0.5 + skel_stream_uniform(stream)
                                       : 0.2 * skel_stream_normal(stream));
        }
    }
}

void skel_rig_make(skel_network *network, size_t images, uint64_t seed, skel_rig *out)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 0, 0);
    skel_tensor in = network->tensor[0];
    size_t pixels = images * in.channels * in.height * in.width;

    memset(out, 0, sizeof *out);
    out->network = network;
    out->images = images;
    out->parameters = floats(network->parameter_count);
    out->gradient = floats(network->parameter_count);
    out->buffers = floats(network->buffer_count);
    out->statistics = floats(network->buffer_count);
    out->image = floats(pixels);
    ck_assert_ok(SKEL_ALLOC(images, sizeof *out->label, &out->label));
    ck_assert_ok(skel_network_initialise(network, SKEL_INIT_KAIMING_NORMAL, seed, NULL,
                                         out->parameters, out->buffers));
    scatter(out, &stream);
    for (size_t i = 0; i < pixels; i++) {
        out->image[i] = (float)skel_stream_normal(&stream);
    }
    for (size_t i = 0; i < images; i++) {
        out->label[i] = (uint16_t)skel_stream_below(&stream, (uint32_t)network->classes);
    }
}

void skel_rig_model(const char *name, size_t width, skel_tensor input, size_t classes,
                    size_t images, skel_rig *out)
{
    skel_network *network = NULL;

    ck_assert_ok(skel_model_create(name, width, input, classes, &network));
    skel_rig_make(network, images, 1, out);
}

void skel_rig_free(skel_rig *rig)
{
    skel_network_destroy(&rig->network);
    SKEL_FREE(&rig->parameters);
    SKEL_FREE(&rig->gradient);
    SKEL_FREE(&rig->buffers);
    SKEL_FREE(&rig->statistics);
    SKEL_FREE(&rig->image);
    SKEL_FREE(&rig->label);
}

skel_batch skel_rig_batch(const skel_rig *rig, size_t first, size_t count)
{
    skel_tensor in = rig->network->tensor[0];

    ck_assert_uint_le(first + count, rig->images);
    return (skel_batch){.count = count,
                        .images = rig->image + first * in.channels * in.height * in.width,
                        .labels = rig->label + first};
}

skel_pass skel_rig_pass(const skel_rig *rig)
{
    return (skel_pass){.gradient = rig->gradient, .statistics = rig->statistics};
}

skel_engine *skel_rig_engine(const skel_rig *rig, const char *kind,
                             const skel_engine_options *options)
{
    skel_engine *engine = NULL;

    ck_assert_ok(skel_engine_create(kind, rig->network, options, &engine));
    ck_assert_ok(skel_engine_load(engine, rig->parameters, NULL));
    return engine;
}

uint8_t *skel_rig_mask(const skel_rig *rig, double density)
{
    const skel_network *network = rig->network;
    skel_stream stream = skel_stream_open(11, SKEL_PURPOSE_TEST, 3, 0);
    uint8_t *mask = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &mask));
    memset(mask, 1, network->parameter_count);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t k = 0; p->prunable && k < p->count; k++) {
            mask[p->offset + k] = skel_stream_uniform(&stream) < density;
        }
    }
    return mask;
}

void skel_rig_bare(skel_rig *rig)
{
    const skel_network *network = rig->network;

    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->bias != SKEL_NONE) {
            const skel_parameter *p = &network->parameter[op->bias];
            memset(rig->parameters + p->offset, 0, p->count * sizeof(float));
        }
        if (op->mean != SKEL_NONE) {
            const skel_buffer *b = &network->buffer[op->mean];
            memset(rig->buffers + b->offset, 0, b->count * sizeof(float));
        }
    }
}

const skel_parameter *skel_rig_parameter(const skel_rig *rig, const char *name)
{
    for (size_t i = 0; i < rig->network->parameters; i++) {
        if (strcmp(rig->network->parameter[i].name, name) == 0) {
            return &rig->network->parameter[i];
        }
    }
    ck_abort_msg("%s has no parameter %s", rig->network->name, name);
    return NULL;
}

double skel_relative_error(size_t count, const float values[], const float expected[])
{
    double difference = 0;
    double norm = 0;

    for (size_t i = 0; i < count; i++) {
        difference += pow((double)values[i] - (double)expected[i], 2);
        norm += pow((double)expected[i], 2);
    }
    /* !(x == 0), so that a NaN is not taken for agreement */
    return !(difference == 0) ? sqrt(difference / norm) : 0;
}

uint8_t *skel_rig_half_mask(const skel_network *network)
{
    uint8_t *mask = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &mask));
    memset(mask, 1, network->parameter_count);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        for (size_t j = 0; p->prunable && j < p->count; j += 2) {
            mask[p->offset + j] = 0;
        }
    }
    return mask;
}

float *skel_rig_vector(const skel_network *network, uint32_t which)
{
    skel_stream stream = skel_stream_open(5, SKEL_PURPOSE_TEST, 7, which);
    float *out = floats(network->parameter_count);

    for (size_t i = 0; i < network->parameter_count; i++) {
        out[i] = (float)skel_stream_normal(&stream);
    }
    return out;
}

const char *skel_rig_kind(int index)
{
    size_t count = 0;

    return skel_engine_names(&count)[index];
}

int skel_rig_kinds(void)
{
    size_t count = 0;

    (void)skel_engine_names(&count);
    return (int)count;
}

bool skel_rig_runs_again(void)
{
    return getenv("SKEL_TEST_AGAIN") != NULL;
}

int skel_rig_ables(skel_engine_ability ability)
{
    int count = 0;

    for (int i = 0; i < skel_rig_kinds(); i++) {
        count += skel_engine_can(skel_rig_kind(i), ability);
    }
    return count;
}

const char *skel_rig_able(skel_engine_ability ability, int index)
{
    int i = 0;

    for (; !skel_engine_can(skel_rig_kind(i), ability) || index > 0; i++) {
        index -= skel_engine_can(skel_rig_kind(i), ability);
    }
    return skel_rig_kind(i);
}

bool skel_rig_has_hessian(const char *kind)
{
    return skel_engine_can(kind, SKEL_ENGINE_HESSIAN);
}

bool skel_rig_is_double(const char *kind)
{
    return strcmp(kind, "reference") == 0;
}
