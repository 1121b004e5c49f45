/* Losses of the largest number of classes, against closed forms. */
#include "suite.h"

#include "nn/engine/loss.h"

#include <math.h>

enum { CLASSES = SKEL_CLASSES_MAX, LABEL = 65533 };

static float logits[CLASSES];
static float tangent[CLASSES];

/* Equal logits: every class has probability 1 / CLASSES. A float holds 1 / 65536 exactly. */
START_TEST(a_label_beyond_a_byte_is_the_class_of_its_logit)
{
    const skel_engine_options options = {.loss = SKEL_LOSS_CROSS_ENTROPY};
    const uint16_t label = LABEL;
    const skel_batch batch = {.count = 1, .images = NULL, .labels = &label};
    const double p = 1.0 / CLASSES;
    double loss = 0;
    size_t correct = 1;

    for (size_t k = 0; k < CLASSES; k++) {
        logits[k] = 0.25F;
    }
    skel_loss_batch(&options, CLASSES, &batch, logits, 1, logits, &loss, &correct);
    ck_assert(fabs(loss - log(CLASSES)) < 1e-12 * log(CLASSES));
    ck_assert_uint_eq(correct, 0); /* the first of equal logits is class 0 */
    for (size_t k = 0; k < CLASSES; k++) {
        double expected = p - (k == LABEL ? 1 : 0);

        ck_assert(fabs((double)logits[k] - expected) <= 1e-7 * fabs(expected));
    }
}
END_TEST

START_TEST(second_derivatives_of_many_classes_are_their_formulas)
{
    const skel_engine_options options = {.loss = SKEL_LOSS_CROSS_ENTROPY};
    const double p = 1.0 / CLASSES;

    for (size_t k = 0; k < CLASSES; k++) {
        logits[k] = 0;
        tangent[k] = k == LABEL ? CLASSES : 0; /* of mean 1 */
    }
    skel_loss_tangent_batch(&options, CLASSES, 1, logits, tangent, 1, tangent);
    for (size_t k = 0; k < CLASSES; k++) {
        double expected = p * (k == LABEL ? CLASSES - 1 : -1);

        ck_assert(fabs((double)tangent[k] - expected) <= 1e-7 * fabs(expected));
    }
    skel_loss_curvature_batch(&options, CLASSES, 1, logits, 1, logits);
    for (size_t k = 0; k < CLASSES; k++) {
        ck_assert(fabs((double)logits[k] - p * (1 - p)) <= 1e-7 * p);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, a_label_beyond_a_byte_is_the_class_of_its_logit);
    tcase_add_test(tcase, second_derivatives_of_many_classes_are_their_formulas);
}

int main(void)
{
    return skel_suite_run("loss", fill);
}
