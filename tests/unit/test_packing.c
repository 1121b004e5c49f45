/* The packed form of flat vectors. */
#include "suite.h"

#include "skel/memory.h"
#include "skel/packing.h"

#include <math.h>
#include <string.h>

/* lenet-5 with every seventh weight, and all biases. */
typedef struct fixture {
    skel_network *network;
    uint8_t *keep;
    float *flat; /* 1, 2, 3, ... */
    float *packed;
    size_t kept;
} fixture;

static void fixture_make(size_t every, fixture *out)
{
    size_t count = 0;

    ck_assert_ok(skel_model_create("lenet-5", 4, (skel_tensor){1, 28, 28}, 10, &out->network));
    count = out->network->parameter_count;
    out->kept = 0;
    ck_assert_ok(SKEL_ALLOC(count, 1, &out->keep));
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &out->flat));
    ck_assert_ok(SKEL_ALLOC(count, sizeof(float), &out->packed));
    for (size_t p = 0; p < out->network->parameters; p++) {
        const skel_parameter *parameter = &out->network->parameter[p];

        for (size_t i = parameter->offset; i < parameter->offset + parameter->count; i++) {
            out->keep[i] = !parameter->prunable || i % every == 0;
            out->flat[i] = (float)(i + 1);
            out->kept += out->keep[i];
        }
    }
}

static void fixture_free(fixture *from)
{
    skel_network_destroy(&from->network);
    SKEL_FREE(&from->keep);
    SKEL_FREE(&from->flat);
    SKEL_FREE(&from->packed);
}

START_TEST(kept_elements_are_packed_in_the_flat_order)
{
    skel_packing *packing = NULL;
    fixture of;
    size_t n = 0;
    bool same = true;

    fixture_make(7, &of);
    ck_assert_ok(skel_packing_create(of.network, of.keep, &packing));
    ck_assert_uint_eq(packing->count, of.kept);
    skel_packing_pack(packing, of.flat, of.packed);
    for (size_t p = 0; p < of.network->parameters; p++) {
        const skel_parameter *parameter = &of.network->parameter[p];

        ck_assert_uint_eq(packing->offset[p], n);
        for (size_t i = parameter->offset; i < parameter->offset + parameter->count; i++) {
            if (of.keep[i] != 0) {
                same = same && of.packed[n++] == (float)(i + 1);
            }
        }
    }
    ck_assert(same);
    ck_assert_uint_eq(packing->offset[of.network->parameters], n);
    skel_packing_destroy(&packing);
    fixture_free(&of);
}
END_TEST

START_TEST(unpacking_writes_zeros_where_nothing_is_kept)
{
    skel_packing *packing = NULL;
    fixture of;
    bool same = true;

    fixture_make(7, &of);
    ck_assert_ok(skel_packing_create(of.network, of.keep, &packing));
    skel_packing_pack(packing, of.flat, of.packed);
    skel_packing_unpack(packing, of.packed, of.flat);
    for (size_t i = 0; i < of.network->parameter_count; i++) {
        float expected = of.keep[i] != 0 ? (float)(i + 1) : 0.0F;

        same = same && of.flat[i] == expected && !signbit(of.flat[i]);
    }
    ck_assert(same);
    skel_packing_destroy(&packing);
    fixture_free(&of);
}
END_TEST

START_TEST(a_mask_that_keeps_all_leaves_vectors_flat)
{
    skel_packing *packing[2] = {NULL, NULL};
    fixture of;

    fixture_make(1, &of);
    ck_assert_ok(skel_packing_create(of.network, of.keep, &packing[0]));
    ck_assert_ok(skel_packing_create(of.network, NULL, &packing[1]));
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_null(packing[i]->index);
        ck_assert_uint_eq(packing[i]->count, of.network->parameter_count);
        skel_packing_pack(packing[i], of.flat, of.packed);
        ck_assert_mem_eq(of.flat, of.packed, packing[i]->count * sizeof(float));
        skel_packing_destroy(&packing[i]);
    }
    fixture_free(&of);
}
END_TEST

START_TEST(another_mask_of_as_many_weights_takes_the_place_of_the_first)
{
    char first[SKEL_CHECKSUM_TEXT];
    skel_packing *packing = NULL;
    fixture of;

    fixture_make(7, &of);
    ck_assert_ok(skel_packing_create(of.network, of.keep, &packing));
    memcpy(first, packing->checksum, sizeof first);
    ck_assert(of.keep[0] == 1 && of.keep[1] == 0);
    of.keep[0] = 0;
    of.keep[1] = 1;
    ck_assert(skel_packing_remake(packing, of.keep));
    ck_assert_uint_eq(packing->index[0], 1);
    ck_assert_str_ne(packing->checksum, first);
    skel_packing_destroy(&packing);
    fixture_free(&of);
}
END_TEST

START_TEST(a_mask_of_fewer_weights_has_room_and_one_of_more_has_none)
{
    skel_packing *packing = NULL;
    fixture of;

    fixture_make(7, &of);
    ck_assert_ok(skel_packing_create(of.network, of.keep, &packing));
    of.keep[0] = 0;
    ck_assert(skel_packing_remake(packing, of.keep));
    ck_assert_uint_eq(packing->count, of.kept - 1);
    ck_assert_uint_eq(packing->index[0], 7);
    ck_assert_uint_eq(packing->offset[of.network->parameters], of.kept - 1);
    of.keep[1] = 1;
    ck_assert(skel_packing_remake(packing, of.keep)); /* as many as in the beginning */
    ck_assert_uint_eq(packing->count, of.kept);
    of.keep[0] = 1;
    ck_assert(!skel_packing_remake(packing, of.keep));
    ck_assert_uint_eq(packing->count, of.kept);
    ck_assert_uint_eq(packing->index[0], 1);
    skel_packing_destroy(&packing);
    fixture_free(&of);
}
END_TEST

START_TEST(the_count_at_a_density_holds_the_rest_whole)
{
    skel_network *network = NULL;
    size_t rest = 0;

    ck_assert_ok(skel_model_create("lenet-5", 4, (skel_tensor){1, 28, 28}, 10, &network));
    rest = network->parameter_count - network->prunable_count;
    ck_assert_uint_eq(skel_packing_count(network, 0), network->parameter_count);
    ck_assert_uint_eq(skel_packing_count(network, 1), network->parameter_count);
    ck_assert_uint_eq(skel_packing_count(network, 0.5), rest + network->prunable_count / 2);
    skel_network_destroy(&network);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, kept_elements_are_packed_in_the_flat_order);
    tcase_add_test(tcase, unpacking_writes_zeros_where_nothing_is_kept);
    tcase_add_test(tcase, a_mask_that_keeps_all_leaves_vectors_flat);
    tcase_add_test(tcase, another_mask_of_as_many_weights_takes_the_place_of_the_first);
    tcase_add_test(tcase, a_mask_of_fewer_weights_has_room_and_one_of_more_has_none);
    tcase_add_test(tcase, the_count_at_a_density_holds_the_rest_whole);
}

int main(void)
{
    return skel_suite_run("packing", fill);
}
