/* The optimiser against values computed by torch.optim.SGD (PyTorch 1.13.1). */
#include "suite.h"

#include "skel/adam.h"
#include "skel/sgd.h"

#include <math.h>

enum { COUNT = 4, STEPS = 3 };

/* w = [1, -2, 0.5, 3]; lr 0.1, momentum 0.9, weight_decay 5e-4; step k's gradient is
 * k * [0.25, -1.5, 2, -0.125], k = 1, 2, 3. */
static const float torch_plain[COUNT] = {0x1.8621d2p-1F, -0x1.255df4p-1F, -0x1.66eedep+0F,
                                         0x1.8f1b9cp+1F};
static const float torch_nesterov[COUNT] = {0x1.457332p-1F, 0x1.79e766p-3F, -0x1.34b6b8p+1F,
                                            0x1.972372p+1F};

static void take_steps(bool nesterov, const uint8_t keep[], float parameters[], float velocity[])
{
    static const float direction[COUNT] = {0.25F, -1.5F, 2.0F, -0.125F};
    skel_sgd sgd = {.momentum = 0.9, .weight_decay = 5e-4, .nesterov = nesterov};

    for (int step = 1; step <= STEPS; step++) {
        float gradient[COUNT];

        for (int i = 0; i < COUNT; i++) {
            gradient[i] = (float)step * direction[i];
        }
        skel_sgd_step(&sgd, 0.1, COUNT, keep, gradient, parameters, velocity);
    }
}

START_TEST(steps_agree_with_pytorch)
{
    static const uint8_t keep[COUNT] = {1, 1, 1, 1};

    for (int nesterov = 0; nesterov < 2; nesterov++) {
        const float *expected = nesterov != 0 ? torch_nesterov : torch_plain;
        float parameters[COUNT] = {1.0F, -2.0F, 0.5F, 3.0F};
        float velocity[COUNT] = {0};

        take_steps(nesterov != 0, keep, parameters, velocity);
        for (int i = 0; i < COUNT; i++) {
            /* three steps of a few float operations each: some units in the last place */
            ck_assert(fabsf(parameters[i] - expected[i]) <= 0x1p-20F * (1 + fabsf(expected[i])));
        }
    }
}
END_TEST

START_TEST(without_a_mask_a_step_has_the_bits_of_a_mask_of_ones)
{
    enum { MANY = 75 };
    uint8_t keep[MANY];
    float gradient[MANY];
    float parameters[2][MANY];
    float velocity[2][MANY];

    for (int nesterov = 0; nesterov < 2; nesterov++) {
        const skel_sgd sgd = {.momentum = 0.9, .weight_decay = 5e-4, .nesterov = nesterov != 0};

        for (size_t i = 0; i < MANY; i++) {
            keep[i] = 1;
            gradient[i] = sinf((float)i);
            parameters[0][i] = parameters[1][i] = cosf((float)i);
            velocity[0][i] = velocity[1][i] = -sinf(3 * (float)i);
        }
        skel_sgd_step(&sgd, 0.1, MANY, keep, gradient, parameters[0], velocity[0]);
        skel_sgd_step(&sgd, 0.1, MANY, NULL, gradient, parameters[1], velocity[1]);
        ck_assert_mem_eq(parameters[0], parameters[1], sizeof parameters[0]);
        ck_assert_mem_eq(velocity[0], velocity[1], sizeof velocity[0]);
    }
}
END_TEST

START_TEST(masked_weights_and_their_momentum_stay_exactly_zero)
{
    static const uint8_t keep[COUNT] = {0, 1, 0, 1};
    float parameters[COUNT] = {0.0F, -2.0F, 0.0F, 3.0F};
    float velocity[COUNT] = {0};

    take_steps(true, keep, parameters, velocity);
    for (int i = 0; i < COUNT; i += 2) {
        ck_assert(parameters[i] == 0.0F && !signbit(parameters[i]));
        ck_assert(velocity[i] == 0.0F && !signbit(velocity[i]));
    }
    ck_assert(fabsf(parameters[1] - torch_nesterov[1]) < 0x1p-20F);
}
END_TEST

START_TEST(every_pruned_weight_becomes_zero_and_every_kept_one_moves)
{
    enum { MANY = 75 };
    static const skel_sgd sgd = {.momentum = 0.5};
    uint8_t keep[MANY] = {0};
    float gradient[MANY];
    float parameters[MANY];
    float velocity[MANY];

    for (size_t i = 0; i < MANY; i++) { /* whole runs of pruned weights, parts of runs, a rest */
        keep[i] = i < 5 || (i >= 40 && i < 43) || i == 74;
        gradient[i] = 1;
        parameters[i] = i < 32 ? -0.0F : 2;
        velocity[i] = i % 2 == 0 ? 0.0F : 4;
    }
    skel_sgd_step(&sgd, 0.25, MANY, keep, gradient, parameters, velocity);
    for (size_t i = 0; i < MANY; i++) {
        float speed = i % 2 == 0 ? 1 : 3;

        ck_assert(velocity[i] == (keep[i] != 0 ? speed : 0));
        ck_assert(parameters[i] == (keep[i] != 0 ? (i < 32 ? 0 : 2) - 0.25F * speed : 0));
        ck_assert(keep[i] != 0 || !signbit(parameters[i]));
    }
}
END_TEST

START_TEST(adam_agrees_with_pytorch)
{
    /* lr 0.1; step k's gradient is k (-1)^(k+1) [0.25, -1.5, 2, -0.125], k = 1, 2, 3; PyTorch 1.13
     * in double */
    static const double direction[COUNT] = {0.25, -1.5, 2.0, -0.125};
    static const double expected[COUNT] = {0x1.cdf87690e0999p-1, -0x1.e6fc3b3b2994fp+0,
                                           0x1.9bf0ece9fe957p-2, 0x1.8c81e253d09e9p+1};
    float values[COUNT] = {1.0F, -2.0F, 0.5F, 3.0F};
    float first[COUNT] = {0};
    float second[COUNT] = {0};

    for (size_t step = 1; step <= STEPS; step++) {
        float gradient[COUNT];

        for (size_t i = 0; i < COUNT; i++) {
            gradient[i] = (float)(direction[i] * (double)step * (step == 2 ? -1 : 1));
        }
        skel_adam_step(0.1, step, COUNT, gradient, first, second, values);
    }
    for (size_t i = 0; i < COUNT; i++) { /* three roundings to float */
        ck_assert(fabs((double)values[i] - expected[i]) <= 0x3p-24 * fabs(expected[i]) + 1e-7);
    }
}
END_TEST

START_TEST(an_l1_penalty_adds_the_signs_of_prunable_weights_alone)
{
    static skel_parameter parameter[2] = {{.count = 3, .prunable = true}, {.count = 2}};
    const skel_network network = {.parameters = 2, .parameter = parameter};
    static const size_t offset[] = {0, 3, 5};
    static const float weights[] = {2.0F, 0.0F, -1e-3F, 4.0F, -4.0F};
    static const float expected[] = {1.25F, 1.0F, 0.75F, 1.0F, 1.0F};

    for (int penalised = 0; penalised < 2; penalised++) {
        float gradient[] = {1.0F, 1.0F, 1.0F, 1.0F, 1.0F};

        skel_sgd_penalise(&network, offset, penalised != 0 ? 0.25 : 0, weights, gradient);
        for (size_t i = 0; i < 5; i++) {
            ck_assert(gradient[i] == (penalised != 0 ? expected[i] : 1.0F));
        }
    }
}
END_TEST

START_TEST(running_averages_move_by_their_weight)
{
    float buffers[2] = {0.0F, 1.0F};
    static const float statistics[2] = {2.0F, 3.0F};

    skel_running_average(0.1, 2, statistics, buffers);
    skel_running_average(0.1, 2, statistics, buffers);
    ck_assert(fabsf(buffers[0] - 0.38F) < 1e-6F); /* 2 (1 - 0.9^2) */
    ck_assert(fabsf(buffers[1] - 1.38F) < 1e-6F); /* 3 - 2 * 0.9^2 */
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, steps_agree_with_pytorch);
    tcase_add_test(tcase, without_a_mask_a_step_has_the_bits_of_a_mask_of_ones);
    tcase_add_test(tcase, masked_weights_and_their_momentum_stay_exactly_zero);
    tcase_add_test(tcase, every_pruned_weight_becomes_zero_and_every_kept_one_moves);
    tcase_add_test(tcase, adam_agrees_with_pytorch);
    tcase_add_test(tcase, an_l1_penalty_adds_the_signs_of_prunable_weights_alone);
    tcase_add_test(tcase, running_averages_move_by_their_weight);
}

int main(void)
{
    return skel_suite_run("sgd", fill);
}
