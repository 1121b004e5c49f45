/* Loops that find the largest magnitude, at every number of lanes, against their formulas. */
#include "suite.h"

#include "nn/engines/dense/kernels/affine.h"
#include "nn/engines/dense/kernels/elementwise.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { IMAGES = 2, BLOCKS = 3, PIXELS = 19, MOST = IMAGES * BLOCKS * PIXELS * 16 };

static const size_t lanes[] = {1, 8, 16};

/* Tensors and vectors of one call. */
typedef struct stock {
    float tensor[6][MOST] __attribute__((aligned(64)));
    float vector[4][BLOCKS * 16] __attribute__((aligned(64)));
} stock;

static stock *stock_of(uint32_t seed)
{
    skel_stream stream = skel_stream_open(seed, SKEL_PURPOSE_TEST, 6, 0);
    stock *out = NULL;

    ck_assert_ok(SKEL_ALLOC(1, sizeof *out, &out));
    for (size_t t = 0; t < 6; t++) {
        for (size_t i = 0; i < MOST; i++) {
            out->tensor[t][i] = (float)skel_stream_normal(&stream);
        }
    }
    for (size_t v = 0; v < 4; v++) {
        for (size_t i = 0; i < (size_t)BLOCKS * 16; i++) {
            out->vector[v][i] = (float)skel_stream_normal(&stream);
        }
    }
    return out;
}

static int32_t bits_of(float x)
{
    int32_t bits = 0;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static size_t channel_of(size_t i, size_t l)
{
    return i / (PIXELS * l) % BLOCKS * l + i % l;
}

static skel_dense_f32_norm_vectors vectors_of(const stock *s)
{
    return (skel_dense_f32_norm_vectors){
        .mean = s->vector[0], .slope = s->vector[1], .shift = s->vector[2]};
}

static float normalised(const stock *s, size_t i, size_t l)
{
    size_t c = channel_of(i, l);

    return (s->tensor[0][i] - s->vector[0][c]) * s->vector[1][c] + s->vector[2][c];
}

/* _i: lanes, with an addition, with a ReLU. */
START_TEST(a_batch_norm_forward_finds_its_largest_magnitude)
{
    size_t l = lanes[_i / 4];
    bool adds = _i % 2 == 1;
    bool relu = _i / 2 % 2 == 1;
    skel_dense_extent extent = {IMAGES, BLOCKS, PIXELS, l};
    stock *s = stock_of(1 + (uint32_t)_i);
    float largest = 0;
    int32_t found = skel_dense_f32_affine_forward(
        extent, s->tensor[0], vectors_of(s), adds ? s->tensor[1] : NULL, 0.25F, relu, s->tensor[2]);

    for (size_t i = 0; i < (size_t)IMAGES * BLOCKS * PIXELS * l; i++) {
        float y = normalised(s, i, l) + (adds ? 0.25F * s->tensor[1][i] : 0);

        y = relu && y < 0 ? 0 : y;
        ck_assert(s->tensor[2][i] == y);
        largest = fmaxf(largest, fabsf(y));
    }
    ck_assert_int_eq(found, bits_of(largest));
    SKEL_FREE(&s);
}
END_TEST

/* _i: lanes; with a second contribution, with a ReLU, with the result and the rectified gradient;
 * the ReLU with a ceiling. */
START_TEST(a_batch_norm_backward_passes_what_the_relu_let_through)
{
    size_t l = lanes[_i / 16];
    bool second = _i % 2 == 1;
    bool relu = _i / 2 % 2 == 1;
    bool output = _i / 4 % 2 == 1;
    float ceiling = _i / 8 % 2 == 1 ? 0.5F : INFINITY;
    skel_dense_extent extent = {IMAGES, BLOCKS, PIXELS, l};
    stock *s = stock_of(2 + (uint32_t)_i);
    skel_dense_f32_affine_arrays back = {.x = s->tensor[0],
                                         .vectors = vectors_of(s),
                                         .incoming = {.first = s->tensor[1],
                                                      .second = second ? s->tensor[2] : NULL,
                                                      .output = output ? s->tensor[3] : NULL,
                                                      .relu = relu,
                                                      .ceiling = ceiling},
                                         .factor = {0.5F, 2},
                                         .coefficient = s->vector[3],
                                         .rectified = output ? s->tensor[4] : NULL,
                                         .dx = s->tensor[5]};
    float most[2] = {0, 0};
    int32_t largest[2];

    skel_dense_f32_affine_backward(extent, &back, largest);
    for (size_t i = 0; i < (size_t)IMAGES * BLOCKS * PIXELS * l; i++) {
        float dy = 0.5F * s->tensor[1][i] + (second ? 2 * s->tensor[2][i] : 0);
        float passes = output ? s->tensor[3][i] : normalised(s, i, l);
        float dx = 0;

        dy = relu && !(passes > 0 && passes < ceiling) ? 0 : dy;
        dx = s->vector[3][channel_of(i, l)] * dy;
        ck_assert(s->tensor[5][i] == dx && (!output || s->tensor[4][i] == dy));
        most[0] = fmaxf(most[0], output ? fabsf(dy) : 0);
        most[1] = fmaxf(most[1], fabsf(dx));
    }
    ck_assert_int_eq(largest[0], bits_of(most[0]));
    ck_assert_int_eq(largest[1], bits_of(most[1]));
    SKEL_FREE(&s);
}
END_TEST

START_TEST(magnitudes_are_of_what_is_kept)
{
    static const float x[] = {1, -3, 2, -0.0F, -7, INFINITY, NAN};
    static const uint8_t kept[] = {1, 1, 1, 1, 0, 0, 0};
    float y[7];

    ck_assert_int_eq(skel_dense_f32_elementwise_magnitudes(7, x, kept, y), bits_of(3));
    ck_assert(y[0] == 1 && y[1] == 3 && y[2] == 2 && y[3] == 0 && y[4] == 0 && y[5] == 0 &&
              y[6] == 0);
    ck_assert_int_eq(skel_dense_f32_elementwise_magnitudes(5, x, NULL, y), bits_of(7));
    ck_assert(y[4] == 7);
    ck_assert_int_ge(skel_dense_f32_elementwise_magnitudes(6, x, NULL, y),
                     SKEL_DENSE_INFINITE_BITS);
    ck_assert_int_ge(skel_dense_f32_elementwise_largest(7, x), SKEL_DENSE_INFINITE_BITS);
    ck_assert_int_eq(skel_dense_f32_elementwise_largest(5, x), bits_of(7));
    ck_assert_int_eq(skel_dense_f32_elementwise_largest(0, x), 0);
    ck_assert_int_lt(bits_of(FLT_MAX), SKEL_DENSE_INFINITE_BITS);
}
END_TEST

START_TEST(a_product_too_large_is_the_largest_float)
{
    float x[] = {1, -2, FLT_MAX / 2, -FLT_MAX, 0x1p-149F};
    float y[] = {0.5F, 1, 0, 0, 0};
    float z[5];

    skel_dense_f32_elementwise_scale(5, 4, x);
    ck_assert(x[0] == 4 && x[1] == -8 && x[2] == FLT_MAX && x[3] == -FLT_MAX && x[4] == 0x1p-147F);
    ck_assert_int_eq(skel_dense_f32_elementwise_weighted_add(2, 0.5F, x, 2, y, z), bits_of(3));
    ck_assert(z[0] == 3 && z[1] == -2);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_batch_norm_forward_finds_its_largest_magnitude, 0, 12);
    tcase_add_loop_test(tcase, a_batch_norm_backward_passes_what_the_relu_let_through, 0, 48);
    tcase_add_test(tcase, magnitudes_are_of_what_is_kept);
    tcase_add_test(tcase, a_product_too_large_is_the_largest_float);
}

int main(void)
{
    return skel_suite_run("dense engine, affine kernels", fill);
}
