/* Layouts of weights whose input channels fill a part of a block: where their elements lie, and
 * what is in the padding. */
#include "suite.h"

#include "nn/engines/dense/compile/onednn.h"

#include <math.h>
#include <stdlib.h>

enum { OUTPUTS = 32, SIDE = 3, TAPS = SIDE * SIDE, WIDEST = 16 };

/* Layouts that convolutions read weights in, and the input channels of a block. */
static const struct {
    dnnl_format_tag_t tag;
    int block;
} tags[] = {{dnnl_OIhw8i8o, 8}, {dnnl_OIhw8o8i, 8}, {dnnl_OIhw16i16o, 16}, {dnnl_OIhw16o16i, 16}};
static const int channels[] = {1, 3, 7};
enum { TAGS = sizeof tags / sizeof *tags, CHANNELS = sizeof channels / sizeof *channels };

static void make(int inputs, dnnl_format_tag_t tag, skel_onednn_layout *out)
{
    const dnnl_dims_t shape = {OUTPUTS, inputs, SIDE, SIDE};

    ck_assert_int_eq(skel_onednn_layout_make(4, shape, tag, out), dnnl_success);
}

static void change(const skel_onednn *dnnl, const skel_onednn_layout *from,
                   const skel_onednn_layout *to, const float *source, float *target)
{
    const void *const data[] = {source, target};
    size_t bytes = 0;
    void *scratch = NULL;
    skel_onednn_call call = {.primitive = NULL};

    ck_assert_ok(skel_onednn_reorder_make(dnnl, from, to, "a test", &bytes, &call));
    scratch = malloc(bytes + 1);
    ck_assert_ptr_nonnull(scratch);
    ck_assert_ok(skel_onednn_run(dnnl, &call, data, scratch, "a test"));
    skel_onednn_call_clear(&call);
    free(scratch);
}

START_TEST(elements_lie_as_in_the_wide_layout_and_the_padding_is_zero)
{
    static float values[OUTPUTS * WIDEST * TAPS];
    static float packed[OUTPUTS * WIDEST * TAPS];
    static float unpacked[OUTPUTS * WIDEST * TAPS];
    int inputs = channels[_i / TAGS];
    int block = tags[_i % TAGS].block;
    skel_onednn dnnl;
    skel_onednn_layout flat = {0};
    skel_onednn_layout flat_wide = {0};
    skel_onednn_layout wide = {0};
    skel_onednn_layout narrow = {0};

    ck_assert_ok(skel_onednn_open(&dnnl));
    make(inputs, dnnl_oihw, &flat);
    make(block, dnnl_oihw, &flat_wide);
    make(block, tags[_i % TAGS].tag, &wide);
    ck_assert_int_eq(skel_onednn_layout_narrow(skel_onednn_layout_of(&wide), &flat, &narrow),
                     dnnl_success);
    ck_assert_uint_eq(skel_onednn_bytes(&narrow), skel_onednn_bytes(&wide));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        values[i] = (float)(i + 1);
        packed[i] = NAN;
    }
    change(&dnnl, &flat, &narrow, values, packed);
    change(&dnnl, &wide, &flat_wide, packed, unpacked);
    for (int o = 0; o < OUTPUTS; o++) {
        for (int i = 0; i < block * TAPS; i++) {
            double expected = i < inputs * TAPS ? (double)values[o * inputs * TAPS + i] : 0;

            ck_assert_double_eq((double)unpacked[o * block * TAPS + i], expected);
        }
    }
    change(&dnnl, &narrow, &flat, packed, unpacked);
    ck_assert_mem_eq(unpacked, values, (size_t)(OUTPUTS * inputs * TAPS) * sizeof *values);
    skel_onednn_layout_clear(&flat);
    skel_onednn_layout_clear(&flat_wide);
    skel_onednn_layout_clear(&wide);
    skel_onednn_layout_clear(&narrow);
    skel_onednn_close(&dnnl);
}
END_TEST

START_TEST(a_layout_of_the_same_shape_is_the_same)
{
    skel_onednn_layout wide = {0};
    skel_onednn_layout narrow = {0};

    make(WIDEST, tags[_i].tag, &wide);
    ck_assert_int_eq(skel_onednn_layout_narrow(skel_onednn_layout_of(&wide), &wide, &narrow),
                     dnnl_success);
    ck_assert(skel_onednn_same(&wide, &narrow));
    skel_onednn_layout_clear(&wide);
    skel_onednn_layout_clear(&narrow);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, elements_lie_as_in_the_wide_layout_and_the_padding_is_zero, 0,
                        TAGS * CHANNELS);
    tcase_add_loop_test(tcase, a_layout_of_the_same_shape_is_the_same, 0, TAGS);
}

int main(void)
{
    return skel_suite_run("dense_layouts", fill);
}
