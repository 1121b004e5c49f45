/* Synaptic flow against PyTorch's; the file is made by make_fixture.py. */
#include "rig.h"
#include "suite.h"
#include "torch.h"

#include "skel/memory.h"

#include <math.h>
#include <string.h>

enum { CLASSES = 10 };

/* Roundings of the file's floats; in the dense engine of all activations, too. No ReLU or maximum
 * is so near that PyTorch and an engine see it on different sides. */
static double tolerance_of(const char *kind)
{
    return skel_rig_is_double(kind) ? 0x1p-22 : 1e-5;
}

/* make_fixture.py's mask. */
static uint8_t *mask_of(const skel_network *network)
{
    uint8_t *mask = NULL;
    float *draw = NULL;

    ck_assert_ok(SKEL_ALLOC(network->parameter_count, 1, &mask));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *draw, &draw));
    memset(mask, 1, network->parameter_count);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];

        skel_torch_uniform(2000 + (uint32_t)i, p->count, 1, 0.5, draw);
        for (size_t k = 0; p->prunable && k < p->count; k++) {
            mask[p->offset + k] = draw[k] < 0.5F;
        }
    }
    SKEL_FREE(&draw);
    return mask;
}

static void check_case(FILE *file, const char *kind, const char *model, size_t width,
                       skel_tensor input)
{
    const skel_network *network = NULL;
    skel_engine *engine = NULL;
    uint8_t *mask = NULL;
    float *expected = NULL;
    double logarithm = 0;
    skel_rig rig;

    skel_rig_model(model, width, input, CLASSES, 1, &rig);
    network = rig.network;
    skel_torch_fill(&rig, 0);
    for (size_t i = 0; i < network->buffers; i++) {
        const skel_buffer *b = &network->buffer[i];

        skel_torch_uniform(3000 + (uint32_t)i, b->count, 0.5, b->is_variance ? 1 : 0,
                           rig.buffers + b->offset);
    }
    mask = mask_of(network);
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *expected, &expected));
    engine = skel_rig_engine(&rig, kind, &(skel_engine_options){.microbatch = 1});
    ck_assert_ok(skel_engine_flow(engine, rig.parameters, mask, rig.buffers, NULL, rig.gradient,
                                  &logarithm));
    skel_torch_record(file, "logarithm", 1, expected);
    ck_assert_msg(fabs(logarithm - (double)expected[0]) <=
                      tolerance_of(kind) * fmax(1, fabs(logarithm)),
                  "%s: ln R %.9g, not %.9g", model, logarithm, (double)expected[0]);
    for (size_t i = 0; i < network->parameters; i++) {
        const skel_parameter *p = &network->parameter[i];
        char name[SKEL_NAME + 8];
        double error = 0;

        if (p->prunable) {
            (void)snprintf(name, sizeof name, "flow %s", p->name);
            skel_torch_record(file, name, p->count, expected);
            error = skel_relative_error(p->count, rig.gradient + p->offset, expected);
            ck_assert_msg(error <= tolerance_of(kind), "%s: %s: %g", model, name, error);
        }
    }
    skel_engine_destroy(&engine);
    SKEL_FREE(&expected);
    SKEL_FREE(&mask);
    skel_rig_free(&rig);
}

START_TEST(synaptic_flow_is_pytorchs)
{
    FILE *file = skel_torch_open("flow.bin");

    check_case(file, skel_rig_able(SKEL_ENGINE_FLOW, _i), "lenet-5", 4, (skel_tensor){1, 28, 28});
    check_case(file, skel_rig_able(SKEL_ENGINE_FLOW, _i), "resnet20", 3, (skel_tensor){3, 32, 32});
    check_case(file, skel_rig_able(SKEL_ENGINE_FLOW, _i), "vgg11", 2, (skel_tensor){3, 32, 32});
    check_case(file, skel_rig_able(SKEL_ENGINE_FLOW, _i), "mobilenet-v2", 4,
               (skel_tensor){3, 32, 32});
    ck_assert_int_eq(fgetc(file), EOF);
    (void)fclose(file);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, synaptic_flow_is_pytorchs, 0, skel_rig_ables(SKEL_ENGINE_FLOW));
}

int main(void)
{
    return skel_suite_run("PyTorch, synaptic flow", fill);
}
