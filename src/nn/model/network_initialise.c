/* Draws initial weights. */
#include "skel/network.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>

/* Deviation of a standard normal that is cut off at 2: sqrt(1 - 4 f(2) / (2 F(2) - 1)), with its
 * density f and its distribution F. */
static const double cut_deviation = 0.87962566103423978;

static double deviation(const skel_parameter *parameter, skel_init init)
{
    size_t window = parameter->dims == 4 ? parameter->shape[2] * parameter->shape[3] : 1;
    double fan_in = (double)(parameter->shape[1] * window);
    double fan_out = (double)(parameter->shape[0] * window);

    switch (init) {
    case SKEL_INIT_KAIMING_NORMAL:
        return sqrt(2 / fan_in);
    case SKEL_INIT_KAIMING_NORMAL_FAN_OUT:
        return sqrt(2 / fan_out);
    case SKEL_INIT_XAVIER_NORMAL:
        return sqrt(2 / (fan_in + fan_out));
    case SKEL_INIT_LECUN_NORMAL:
        return sqrt(1 / fan_in) / cut_deviation;
    case SKEL_INIT_ORTHOGONAL:
    case SKEL_INIT_FILE:
        break; /* not drawn element by element */
    }
    SKEL_ASSERT(false);
    return 0;
}

/* A normal number; one beyond the cut is drawn again. */
static double draw(skel_stream *stream, skel_init init)
{
    double number = skel_stream_normal(stream);

    while (init == SKEL_INIT_LECUN_NORMAL && fabs(number) > 2) {
        number = skel_stream_normal(stream);
    }
    return number;
}

static skel_status orthonormalise(const skel_orthonormal *by, skel_status local, size_t count,
                                  size_t length, double vectors[])
{
    if (by != NULL) {
        return by->run(by->context, local, count, length, vectors);
    }
    if (local == SKEL_OK) {
        skel_orthonormal_here(count, length, vectors);
    }
    return local;
}

static skel_status draw_vectors(size_t count, skel_stream *stream, double **out)
{
    double *number = NULL;
    skel_status status = SKEL_ALLOC_RAW(count, sizeof *number, &number);

    for (size_t i = 0; status == SKEL_OK && i < count; i++) {
        number[i] = skel_stream_normal(stream);
    }
    *out = number;
    return status;
}

/* Draws a matrix with orthonormal rows (columns, if there are more rows), times sqrt 2. It is
 * uniform over such matrices (Haar; Mezzadri 2007). */
static skel_status draw_orthogonal(const skel_parameter *parameter, const skel_orthonormal *by,
                                   skel_stream *stream, float weight[])
{
    size_t rows = parameter->shape[0];
    size_t columns = parameter->count / rows;
    bool upright = rows > columns;
    size_t count = upright ? columns : rows;
    size_t length = upright ? rows : columns;
    double *vectors = NULL;
    skel_status status = draw_vectors(parameter->count, stream, &vectors);

    SKEL_TRY(orthonormalise(by, status, count, length, vectors));
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) {
            size_t at = upright ? j * length + i : i * length + j;

            weight[i * columns + j] = (float)(sqrt(2.0) * vectors[at]);
        }
    }
done:
    SKEL_FREE(&vectors);
    return status;
}

static void draw_weight(const skel_parameter *parameter, skel_init init, skel_stream *stream,
                        float weight[])
{
    double sigma = deviation(parameter, init);

    for (size_t i = 0; i < parameter->count; i++) {
        weight[i] = (float)(sigma * draw(stream, init));
    }
}

static void fill(const skel_parameter *parameter, float value, float parameters[])
{
    for (size_t i = 0; i < parameter->count; i++) {
        parameters[parameter->offset + i] = value;
    }
}

skel_status skel_network_initialise(const skel_network *network, skel_init init, uint64_t seed,
                                    const skel_orthonormal *by, float parameters[], float buffers[])
{
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];
        skel_status status = SKEL_OK;

        if (op->bias != SKEL_NONE) {
            fill(&network->parameter[op->bias], 0.0F, parameters);
        }
        if (op->kind == SKEL_OP_BATCHNORM) {
            fill(&network->parameter[op->weight], 1.0F, parameters);
        } else if (op->weight != SKEL_NONE) {
            const skel_parameter *weight = &network->parameter[op->weight];
            skel_stream stream =
                skel_stream_open(seed, SKEL_PURPOSE_INITIALISE, 0, (uint32_t)op->weight);

            if (init == SKEL_INIT_ORTHOGONAL) {
                status = draw_orthogonal(weight, by, &stream, parameters + weight->offset);
            } else {
                draw_weight(weight, init, &stream, parameters + weight->offset);
            }
        }
        if (status != SKEL_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *buffer = &network->buffer[i];

        for (size_t j = 0; j < buffer->count; j++) {
            buffers[buffer->offset + j] = buffer->is_variance ? 1.0F : 0.0F;
        }
    }
    return SKEL_OK;
}

void skel_network_draw_norms(const skel_network *network, uint64_t seed, float parameters[])
{
    for (size_t i = 0; i < network->ops; i++) {
        const skel_op *op = &network->op[i];

        if (op->kind == SKEL_OP_BATCHNORM) {
            const skel_parameter *scale = &network->parameter[op->weight];
            skel_stream stream =
                skel_stream_open(seed, SKEL_PURPOSE_INITIALISE, 0, (uint32_t)op->weight);

            for (size_t j = 0; j < scale->count; j++) {
                parameters[scale->offset + j] = (float)skel_stream_uniform(&stream);
            }
        }
    }
}
