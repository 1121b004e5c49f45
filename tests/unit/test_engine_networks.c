/* Every network of the zoo at a small width, on every engine against the reference engine. */
#include "rig.h"
#include "sample.h"
#include "suite.h"
#include "zoo.h"

#include "skel/memory.h"
#include "skel/random.h"

#include <math.h>
#include <stdlib.h>

enum { IMAGES = 3 };

/* How far an engine that computes in float may be from the reference is measured, network by
 * network: as far as the reference is from itself when every parameter is changed by one rounding,
 * times ROUNDINGS for those of the activations. Deep networks on a few images amplify roundings a
 * hundredfold, shallow ones do not, and there the bound is tight. */
enum { ROUNDINGS = 30, SEEDS = 4 };

/* But an activation within a rounding of 0 may pass a ReLU in one engine and not in the other. The
 * forward pass does not notice, but the gradient of all that is before it changes by its share,
 * of up to one in ten in these small networks. So all tensors are held to this, as mistakes are of
 * the order of 1, and the tenth of them that agree best, behind the last such ReLU, to the bound
 * above; with one of a few seeds, since the last ReLU itself may be such a one: a mistake fails
 * them all. */
static const double switched = 0.5;

/* Relative errors; of statistics that of the worst tensor. */
typedef struct distance {
    double gradient; /* that a tenth of the tensors' do not exceed */
    double statistics;
    double logits;
} distance;

/* What an engine makes of a rig. */
typedef struct outcome {
    skel_pass pass;
    float logits[IMAGES * 10];
} outcome;

/* Without a mask, all weights are kept ones. */
static void outcome_of(const char *kind, const skel_rig *rig, bool kept_only, outcome *out)
{
    const skel_network *network = rig->network;
    const skel_engine_options options = {.microbatch = IMAGES, .kept_only = kept_only};
    skel_engine *engine = skel_rig_engine(rig, kind, &options);
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_pass pass = {0};

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof(float), &pass.gradient));
    ck_assert_ok(SKEL_ALLOC(network->buffer_count, sizeof(float), &pass.statistics));
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0 / IMAGES, &pass));
    out->pass = pass;
    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, out->logits));
    skel_engine_destroy(&engine);
}

static void outcome_free(outcome *out)
{
    SKEL_FREE(&out->pass.gradient);
    SKEL_FREE(&out->pass.statistics);
}

static int ascending(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;

    return (*x > *y) - (*x < *y);
}

static double norm_of(size_t count, const float values[])
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += pow((double)values[i], 2);
    }
    return sqrt(sum);
}

/* A gradient that is 0, as that of a shift before another batch norm, is rounding alone, which is
 * measured by a ten-thousandth of the whole gradient and not compared any further. */
static void compare_gradients(const skel_network *network, const outcome *found,
                              const outcome *expected, distance *out)
{
    double least = 1e-4 * norm_of(network->parameter_count, expected->pass.gradient);
    double *error = NULL;
    size_t errors = 0;

    ck_assert_ok(SKEL_ALLOC(network->parameters, sizeof *error, &error));
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        double norm = norm_of(p->count, expected->pass.gradient + p->offset);
        double relative = skel_relative_error(p->count, found->pass.gradient + p->offset,
                                              expected->pass.gradient + p->offset);
        double of_part = norm > least ? relative : relative * norm / least;

        ck_assert_msg(of_part <= switched, "%s: gradient of %s: %g", network->name, p->name,
                      of_part);
        if (norm > least) {
            error[errors++] = relative;
        }
    }
    ck_assert_uint_gt(errors, network->parameters / 2);
    qsort(error, errors, sizeof *error, ascending);
    out->gradient = error[errors / 10];
    SKEL_FREE(&error);
}

static distance distance_of(const skel_network *network, const outcome *found,
                            const outcome *expected)
{
    distance out = {0, 0, 0};

    compare_gradients(network, found, expected, &out);
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];

        out.statistics =
            fmax(out.statistics, skel_relative_error(b->count, found->pass.statistics + b->offset,
                                                     expected->pass.statistics + b->offset));
    }
    out.logits = skel_relative_error(IMAGES * network->classes, found->logits, expected->logits);
    return out;
}

/* Changes every parameter by one rounding, up or down at random. */
static void disturb(skel_rig *rig)
{
    skel_stream stream = skel_stream_open(8, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < rig->network->parameter_count; i++) {
        bool up = (skel_stream_bits(&stream) & 1) != 0;

        rig->parameters[i] = nextafterf(rig->parameters[i], up ? 1e9F : -1e9F);
    }
}

/* Whether the gradient behind the last switched ReLU agrees; all else must. */
static bool agrees(const char *kind, skel_rig *rig, bool kept_only)
{
    const char *name = rig->network->name;
    outcome found = {.logits = {0}};
    outcome expected = {.logits = {0}};
    outcome disturbed = {.logits = {0}};
    distance error;
    distance unit;

    outcome_of(kind, rig, kept_only, &found);
    outcome_of("reference", rig, false, &expected);
    disturb(rig);
    outcome_of("reference", rig, false, &disturbed);
    error = distance_of(rig->network, &found, &expected);
    unit = distance_of(rig->network, &disturbed, &expected);
    ck_assert_msg(error.statistics <= ROUNDINGS * unit.statistics, "%s: statistics: %g, unit %g",
                  name, error.statistics, unit.statistics);
    ck_assert_msg(error.logits <= ROUNDINGS * unit.logits, "%s: logits: %g, unit %g", name,
                  error.logits, unit.logits);
    ck_assert_msg(fabs(found.pass.loss - expected.pass.loss) <= 1e-3 * expected.pass.loss,
                  "%s: loss %g, expected %g", name, found.pass.loss, expected.pass.loss);
    outcome_free(&found);
    outcome_free(&expected);
    outcome_free(&disturbed);
    return error.gradient <= ROUNDINGS * unit.gradient;
}

static void compare(const char *kind, const char *name, size_t width, skel_tensor input,
                    size_t classes, bool kept_only)
{
    bool agreed = false;

    for (uint64_t seed = 1; seed <= SEEDS && !agreed; seed++) {
        skel_network *network = NULL;
        skel_rig rig;

        ck_assert_ok(skel_model_create(name, width, input, classes, &network));
        skel_rig_make(network, IMAGES, seed, &rig);
        agreed = agrees(kind, &rig, kept_only);
        skel_rig_free(&rig);
    }
    ck_assert_msg(agreed, "%s: the gradient disagrees with every seed", name);
}

START_TEST(every_network_agrees_with_the_reference)
{
    size_t count = 0;
    const char *const *names = skel_model_names(&count);

    for (size_t i = skel_sample_from(0); i < count; i = skel_sample_from(i + 1)) {
        const char *kind = skel_rig_kind(_i);

        compare(kind, names[i], skel_zoo_width(names[i]), skel_zoo_image(names[i]), 10, false);
        if (skel_engine_can(kind, SKEL_ENGINE_SKIPS_PRUNED)) {
            compare(kind, names[i], skel_zoo_width(names[i]), skel_zoo_image(names[i]), 10, true);
        }
    }
}
END_TEST

START_TEST(larger_images_of_one_channel_agree_with_the_reference)
{
    static const char *const names[] = {"vgg11", "resnet18"};

    for (size_t i = 0; i < 2; i++) {
        compare(skel_rig_kind(_i), names[i], 3, (skel_tensor){1, 64, 64}, 7, false);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    /* engine 0 is the reference itself */
    tcase_add_loop_test(tcase, every_network_agrees_with_the_reference, 1, skel_rig_kinds());
    tcase_add_loop_test(tcase, larger_images_of_one_channel_agree_with_the_reference, 1,
                        skel_rig_kinds());
}

int main(void)
{
    return skel_suite_run("engine, networks", fill);
}
