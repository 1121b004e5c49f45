/* The profile of an engine: of kinds of operations, and of layers one by one. */
#include "rig.h"
#include "suite.h"

enum { IMAGES = 5 };

static void rig_of(skel_rig *rig)
{
    skel_rig_model("vgg11", 4, (skel_tensor){3, 32, 32}, 10, IMAGES, rig);
}

static void pass_of(skel_engine *engine, const skel_rig *rig, skel_pass *pass)
{
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);

    *pass = skel_rig_pass(rig);
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0 / IMAGES, pass));
}

START_TEST(the_profile_is_empty_unless_it_is_asked_for)
{
    skel_rig rig;

    rig_of(&rig);
    for (size_t k = 0; k < 2; k++) {
        skel_engine_options options = {.microbatch = IMAGES, .profile = k == 1};
        skel_engine *engine = skel_rig_engine(&rig, skel_rig_kind(_i), &options);
        skel_engine_profile profile;
        skel_pass pass;

        pass_of(engine, &rig, &pass);
        profile = skel_engine_profile_get(engine);
        ck_assert((profile.convolution_forward > 0) == (k == 1));
        ck_assert((profile.convolution_backward_data > 0) == (k == 1));
        ck_assert((profile.convolution_backward_weights > 0) == (k == 1));
        ck_assert((profile.elementwise > 0) == (k == 1));
        skel_engine_destroy(&engine);
    }
    skel_rig_free(&rig);
}
END_TEST

/* The clock is read once for a layer and its kind. Sums of a dozen durations in another order
 * differ by some units of the 53rd bit. */
START_TEST(times_of_layers_add_up_to_those_of_their_kind)
{
    skel_engine_options options = {.microbatch = IMAGES, .profile = true};
    skel_engine_layer_profile layer;
    skel_engine_layer_profile sum = {0, 0, 0};
    skel_engine_profile profile;
    skel_engine *engine = NULL;
    skel_rig rig;
    skel_pass pass;

    rig_of(&rig);
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &options);
    pass_of(engine, &rig, &pass);
    profile = skel_engine_profile_get(engine);
    for (size_t i = 0; i < rig.network->ops; i++) {
        if (!skel_engine_profile_layer(engine, i, &layer)) {
            ck_assert_double_eq(layer.forward, 0);
            sum.forward = profile.convolution_forward;
        } else if (rig.network->op[i].kind == SKEL_OP_CONV) {
            ck_assert_double_gt(layer.forward, 0);
            sum.forward += layer.forward;
            sum.backward_data += layer.backward_data;
            sum.backward_weights += layer.backward_weights;
        }
    }
    ck_assert_double_eq_tol(sum.forward, profile.convolution_forward, 1e-12);
    if (sum.backward_data > 0) {
        ck_assert_double_eq_tol(sum.backward_data, profile.convolution_backward_data, 1e-12);
        ck_assert_double_eq_tol(sum.backward_weights, profile.convolution_backward_weights, 1e-12);
    }
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

static void fill(TCase *tcase)
{
    int kinds = skel_rig_kinds();

    tcase_add_loop_test(tcase, the_profile_is_empty_unless_it_is_asked_for, 0, kinds);
    tcase_add_loop_test(tcase, times_of_layers_add_up_to_those_of_their_kind, 0, kinds);
}

int main(void)
{
    return skel_suite_run("engine_profile", fill);
}
