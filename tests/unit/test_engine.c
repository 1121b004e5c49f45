/* Promises of an engine other than its numbers: errors, abilities, memory, masks, same bits again.
 */
#include "rig.h"
#include "small_networks.h"
#include "suite.h"

#include "nn/engine/loss.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { IMAGES = 5 };

static const skel_engine_options plain = {.microbatch = IMAGES};

static void rig_of(skel_rig *rig)
{
    skel_rig_model("vgg11", 4, (skel_tensor){3, 32, 32}, 10, IMAGES, rig);
}

static void pass_of(skel_engine *engine, const skel_rig *rig, size_t count, skel_pass *pass)
{
    skel_batch batch = skel_rig_batch(rig, 0, count);

    *pass = skel_rig_pass(rig);
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, 1.0 / IMAGES, pass));
}

static void check_refusal(const char *kind, const skel_rig *rig, skel_engine_options options,
                          const char *words)
{
    skel_engine *engine = NULL;
    size_t bytes = 0;

    ck_assert_int_eq(skel_engine_create(kind, rig->network, &options, &engine), SKEL_ERR_CONFIG);
    ck_assert_ptr_null(engine);
    ck_assert_msg(strstr(skel_error_message(), words) != NULL, "%s", skel_error_message());
    ck_assert_int_eq(skel_engine_bytes(kind, rig->network, &options, &bytes), SKEL_ERR_CONFIG);
}

START_TEST(what_an_engine_cannot_be_is_refused)
{
    skel_rig rig;

    rig_of(&rig);
    check_refusal("referense", &rig, plain, "did you mean 'reference'");
    check_refusal("gpu", &rig, plain, "unknown engine 'gpu'");
    check_refusal("auto", &rig, (skel_engine_options){.microbatch = 0}, "microbatch of 0");
    check_refusal("auto", &rig, (skel_engine_options){.microbatch = 1, .threads = 1025},
                  "1025 threads are not from 0 to 1024");
    check_refusal("auto", &rig, (skel_engine_options){.microbatch = 1, .threads = -1},
                  "-1 threads");
    check_refusal("auto", &rig, (skel_engine_options){.microbatch = 1, .label_smoothing = 1.0},
                  "label smoothing 1");
    check_refusal("auto", &rig,
                  (skel_engine_options){.microbatch = 1, .label_smoothing = (double)NAN},
                  "label smoothing");
    check_refusal(
        "auto", &rig,
        (skel_engine_options){.microbatch = 1, .label_smoothing = 0.1, .loss = SKEL_LOSS_RAW_NLL},
        "needs the loss cross-entropy");
    skel_rig_free(&rig);
}
END_TEST

START_TEST(every_engine_has_the_abilities_that_the_page_lists)
{
    for (int k = 0; k < SKEL_ENGINE_TERMS + 1; k++) {
        bool skips = k == SKEL_ENGINE_SKIPS_PRUNED;

        ck_assert(skel_engine_can("reference", (skel_engine_ability)k) == !skips);
        ck_assert(skel_engine_can("dense", (skel_engine_ability)k) == !skips);
        ck_assert(skel_engine_can("sparse", (skel_engine_ability)k) == skips);
    }
}
END_TEST

START_TEST(a_name_stands_for_itself_and_auto_for_an_engine)
{
    const double limit = skel_engine_sparse_work();
    const skel_engine_options kept = {.kept_only = true, .density = limit};
    const skel_engine_options all = {.density = limit};
    const skel_engine_options many = {.kept_only = true, .density = limit + 0.001};
    const skel_engine_options early = {.density = limit / 2, .work = limit + 0.001};
    const skel_engine_options late = {.density = 2 * limit, .work = limit};

    ck_assert_str_eq(skel_engine_resolve("reference", &kept), "reference");
    ck_assert_str_eq(skel_engine_resolve("auto", &kept), "sparse");
    ck_assert_str_eq(skel_engine_resolve("auto", &all), "sparse");
    ck_assert_str_eq(skel_engine_resolve("auto", &many), "dense");
    ck_assert_str_eq(skel_engine_resolve("auto", &early), "dense");
    ck_assert_str_eq(skel_engine_resolve("auto", &late), "sparse");
}
END_TEST

START_TEST(auto_is_one_of_the_engines)
{
    skel_engine *engine = NULL;
    size_t count = 0;
    const char *const *names = skel_engine_names(&count);
    bool found = false;
    skel_rig rig;

    rig_of(&rig);
    engine = skel_rig_engine(&rig, "auto", &plain);
    for (size_t i = 0; i < count; i++) {
        found = found || strcmp(names[i], skel_engine_kind(engine)) == 0;
    }
    ck_assert(found);
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}
END_TEST

/* Engines for testing, for gradients, for those of kept weights, for products with the Hessian. */
enum { MEMORY_INFERENCE, MEMORY_GRADIENT, MEMORY_KEPT, MEMORY_HESSIAN, MEMORY_WAYS };

static void check_memory(const char *kind, const skel_rig *rig, size_t way)
{
    skel_engine_options options = {.microbatch = IMAGES,
                                   .inference = way == MEMORY_INFERENCE,
                                   .second_order = way == MEMORY_HESSIAN,
                                   .kept_only = way == MEMORY_KEPT};
    float logits[IMAGES * 10];
    size_t before = skel_memory_bytes();
    size_t promised = 0;
    size_t taken = 0;
    skel_batch batch = skel_rig_batch(rig, 0, IMAGES);
    skel_engine *engine = NULL;
    skel_pass pass;

    ck_assert_ok(skel_engine_bytes(kind, rig->network, &options, &promised));
    ck_assert_uint_eq(skel_memory_bytes(), before);
    engine = skel_rig_engine(rig, kind, &options);
    taken = skel_memory_bytes() - before;
    /* small tables need not be counted */
    ck_assert_msg(taken <= promised + 65536, "%zu of %zu bytes", taken, promised);
    ck_assert_msg(taken + taken / 8 + 65536 >= promised, "%zu of %zu bytes", taken, promised);
    if (way != MEMORY_INFERENCE) {
        pass_of(engine, rig, IMAGES, &pass);
    }
    if (way == MEMORY_HESSIAN && skel_rig_has_hessian(kind)) {
        ck_assert_ok(skel_engine_hessian(engine, rig->parameters, 1, &batch, 1.0, &pass));
    }
    ck_assert_ok(skel_engine_forward(engine, &batch, rig->buffers, logits));
    ck_assert_uint_eq(skel_memory_bytes() - before, taken);
    skel_engine_destroy(&engine);
}

START_TEST(the_memory_is_promised_and_taken_at_creation)
{
    skel_rig rig;

    rig_of(&rig);
    for (size_t way = 0; way < MEMORY_WAYS; way++) {
        check_memory(skel_rig_kind(_i), &rig, way);
    }
    skel_rig_free(&rig);
}
END_TEST

START_TEST(the_same_pass_gives_the_same_bits_again)
{
    skel_engine *engine = NULL;
    float *first = NULL;
    skel_pass pass;
    double loss = 0;
    skel_rig rig;

    rig_of(&rig);
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof *first, &first));
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &plain);
    pass_of(engine, &rig, IMAGES, &pass);
    loss = pass.loss;
    memcpy(first, rig.gradient, rig.network->parameter_count * sizeof *first);
    pass_of(engine, &rig, 2, &pass);
    pass_of(engine, &rig, IMAGES, &pass);
    ck_assert_mem_eq(first, rig.gradient, rig.network->parameter_count * sizeof *first);
    ck_assert(loss == pass.loss);
    skel_engine_destroy(&engine);
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &plain);
    pass_of(engine, &rig, IMAGES, &pass);
    ck_assert_mem_eq(first, rig.gradient, rig.network->parameter_count * sizeof *first);
    skel_engine_destroy(&engine);
    SKEL_FREE(&first);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(a_mask_acts_as_weights_of_zero_and_gradients_are_given_for_all_that_are_wanted)
{
    skel_engine *engine = NULL;
    uint8_t *mask = NULL;
    float *masked = NULL;
    size_t pruned_with_gradient = 0;
    skel_pass pass;
    skel_rig rig;

    rig_of(&rig);
    mask = skel_rig_half_mask(rig.network);
    ck_assert_ok(SKEL_ALLOC(rig.network->parameter_count, sizeof *masked, &masked));
    engine = skel_rig_engine(&rig, skel_rig_kind(_i), &plain);
    ck_assert_ok(skel_engine_load(engine, rig.parameters, mask));
    pass_of(engine, &rig, IMAGES, &pass);
    memcpy(masked, rig.gradient, rig.network->parameter_count * sizeof *masked);
    for (size_t i = 0; i < rig.network->parameter_count; i++) {
        pruned_with_gradient += mask[i] == 0 && masked[i] != 0;
        rig.parameters[i] = mask[i] != 0 ? rig.parameters[i] : 0;
    }
    ck_assert_uint_gt(pruned_with_gradient, rig.network->prunable_count / 4);
    ck_assert_ok(skel_engine_load(engine, rig.parameters, NULL));
    pass_of(engine, &rig, IMAGES, &pass);
    for (size_t i = 0; i < rig.network->parameter_count; i++) {
        ck_assert(masked[i] == rig.gradient[i]);
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&masked);
    SKEL_FREE(&mask);
    skel_rig_free(&rig);
}
END_TEST

START_TEST(a_loss_that_is_not_finite_is_an_error)
{
    static const float bad[] = {NAN, INFINITY};

    for (size_t k = 0; k < 2; k++) {
        skel_engine *engine = NULL;
        skel_batch batch;
        skel_pass pass;
        skel_rig rig;

        rig_of(&rig);
        rig.parameters[rig.network->parameter_count - 1] = bad[k]; /* a bias of the last layer */
        batch = skel_rig_batch(&rig, 0, IMAGES);
        pass = skel_rig_pass(&rig);
        engine = skel_rig_engine(&rig, skel_rig_kind(_i), &plain);
        ck_assert_int_eq(skel_engine_gradient(engine, 1, &batch, 1.0, &pass), SKEL_ERR_NUMBER);
        skel_engine_destroy(&engine);
        skel_rig_free(&rig);
    }
}
END_TEST

/* One class of one image. */
typedef struct terms {
    double logit;
    double probability;
    double own; /* probability of the label */
    bool is_label;
} terms;

/* Adds a class' terms of the loss, with and without smoothing, and sets the last bias' gradient. */
static void add_terms(skel_loss loss, double spread, double smoothing, const terms *of,
                      double *total, double *unsmoothed, double *gradient, double scale)
{
    double one = of->is_label ? 1 : 0;
    double target = spread + one * (1 - smoothing);

    if (loss == SKEL_LOSS_RAW_NLL) {
        *total -= one * of->logit;
        *unsmoothed -= one * of->logit;
        *gradient -= one * scale;
    } else if (loss == SKEL_LOSS_SUM) {
        *total -= of->logit;
        *unsmoothed -= of->logit;
        *gradient -= scale;
    } else if (loss == SKEL_LOSS_LINEAR) {
        *total += fabs(one - of->probability);
        *unsmoothed += fabs(one - of->probability);
        *gradient -= scale * 2 * of->own * (one - of->probability);
    } else {
        *total -= target * log(of->probability);
        *unsmoothed -= one * log(of->probability);
        *gradient += scale * (of->probability - target);
    }
}

/* The gradient of the last bias is the logits' own: softmax minus target, or minus one. */
static void check_loss(const char *kind, skel_loss loss, double smoothing)
{
    skel_engine_options options = {
        .microbatch = IMAGES, .loss = loss, .label_smoothing = smoothing};
    const double scale = 0.5;
    float logits[IMAGES * 8];
    double expected[8] = {0};
    double total = 0;
    double unsmoothed = 0; /* without label smoothing */
    double scored = 0;
    size_t correct = 0;
    skel_engine *engine = NULL;
    skel_pass pass;
    skel_batch batch;
    skel_rig rig;
    size_t classes = 0;

    skel_rig_make(skel_small_network(skel_small_get(0)), IMAGES, 9, &rig);
    classes = rig.network->classes;
    batch = skel_rig_batch(&rig, 0, IMAGES);
    pass = skel_rig_pass(&rig);
    engine = skel_rig_engine(&rig, kind, &options);
    ck_assert_ok(skel_engine_gradient(engine, 1, &batch, scale, &pass));
    ck_assert_ok(skel_engine_forward(engine, &batch, rig.buffers, logits)); /* has no batch norm */
    skel_engine_evaluate(engine, &batch, logits, &scored, &correct);
    for (size_t n = 0; n < IMAGES; n++) {
        const float *row = logits + n * classes;
        double sum = 0;

        for (size_t k = 0; k < classes; k++) {
            sum += exp((double)row[k]);
        }
        for (size_t k = 0; k < classes; k++) {
            const terms of = {.logit = (double)row[k],
                              .probability = exp((double)row[k]) / sum,
                              .own = exp((double)row[rig.label[n]]) / sum,
                              .is_label = k == rig.label[n]};

            add_terms(loss, smoothing / (double)classes, smoothing, &of, &total, &unsmoothed,
                      &expected[k], scale);
        }
    }
    /* logits are floats of size 1 */
    ck_assert(fabs(pass.loss - total) < 1e-5);
    ck_assert(fabs(scored - unsmoothed) < 1e-5);
    ck_assert_uint_eq(pass.correct, correct);
    for (size_t k = 0; k < classes; k++) {
        size_t at = rig.network->parameter_count - classes + k;

        ck_assert(fabs((double)rig.gradient[at] - expected[k]) < 1e-5);
    }
    skel_engine_destroy(&engine);
    skel_rig_free(&rig);
}

START_TEST(the_losses_and_their_gradients_are_their_formulas)
{
    check_loss(skel_rig_kind(_i), SKEL_LOSS_CROSS_ENTROPY, 0);
    check_loss(skel_rig_kind(_i), SKEL_LOSS_CROSS_ENTROPY, 0.1);
    check_loss(skel_rig_kind(_i), SKEL_LOSS_RAW_NLL, 0);
    check_loss(skel_rig_kind(_i), SKEL_LOSS_LINEAR, 0);
    check_loss(skel_rig_kind(_i), SKEL_LOSS_SUM, 0);
}
END_TEST

START_TEST(a_cross_entropy_of_huge_logits_is_finite_and_ties_go_to_the_first)
{
    static const double huge[] = {-1e5, 1e5, 1e5};
    skel_engine_options options = {.microbatch = 1};
    double gradient[3];
    bool correct = false;

    ck_assert(fabs(skel_loss_image(&options, 3, huge, 1, gradient, &correct) - log(2.0)) < 1e-12);
    ck_assert(correct);
    ck_assert(fabs(gradient[1] + 0.5) < 1e-12 && fabs(gradient[2] - 0.5) < 1e-12);
    ck_assert(gradient[0] == 0);
    ck_assert(fabs(skel_loss_image(&options, 3, huge, 0, NULL, &correct) - 2e5 - log(2.0)) < 1e-9);
    ck_assert(!correct);
    (void)skel_loss_image(&options, 3, huge, 2, NULL, &correct);
    ck_assert(!correct);
}
END_TEST

static void fill(TCase *tcase)
{
    int kinds = skel_rig_kinds();

    tcase_add_test(tcase, what_an_engine_cannot_be_is_refused);
    tcase_add_test(tcase, every_engine_has_the_abilities_that_the_page_lists);
    tcase_add_test(tcase, a_name_stands_for_itself_and_auto_for_an_engine);
    tcase_add_test(tcase, auto_is_one_of_the_engines);
    tcase_add_loop_test(tcase, the_memory_is_promised_and_taken_at_creation, 0, kinds);
    tcase_add_loop_test(tcase, the_same_pass_gives_the_same_bits_again, 0, kinds);
    tcase_add_loop_test(
        tcase, a_mask_acts_as_weights_of_zero_and_gradients_are_given_for_all_that_are_wanted, 0,
        kinds);
    tcase_add_loop_test(tcase, a_loss_that_is_not_finite_is_an_error, 0, kinds);
    tcase_add_loop_test(tcase, the_losses_and_their_gradients_are_their_formulas, 0, kinds);
    tcase_add_test(tcase, a_cross_entropy_of_huge_logits_is_finite_and_ties_go_to_the_first);
}

int main(void)
{
    return skel_suite_run("engine", fill);
}
