/* Which of oneDNN's implementations the dense engine takes, for every network of the zoo and every
 * small network with any window, groups and operations. The instruction set is the process':
 * DNNL_MAX_CPU_ISA caps it, and the test runs under each. */
#include "sample.h"
#include "small_networks.h"
#include "suite.h"

#include "skel/engine.h"
#include "skel/memory.h"
#include "skel/network.h"

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <string.h>

static const skel_tensor images[] = {
    {.channels = 3, .height = 32, .width = 32},
    {.channels = 1, .height = 28, .width = 28},
    {.channels = 1, .height = 32, .width = 32},
    {.channels = 3, .height = 64, .width = 64},
};
static const size_t microbatches[] = {1, 16, 64, 128};
enum {
    IMAGES = sizeof images / sizeof *images,
    MICROBATCHES = sizeof microbatches / sizeof *microbatches,
    CLASSES = 10
};

typedef dnnl_status_t (*create_fn)(dnnl_primitive_t *, const_dnnl_primitive_desc_t);

static size_t created;
static char plain_loops[256];

/* Takes the place of oneDNN's function, which it calls: every primitive that is made comes by. */
dnnl_status_t dnnl_primitive_create(dnnl_primitive_t *primitive, const_dnnl_primitive_desc_t pd)
{
    const char *implementation = "";
    create_fn create = NULL;

    *(void **)&create = dlsym(RTLD_NEXT, "dnnl_primitive_create");
    (void)dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, (void *)&implementation);
    created++;
    if (strncmp(implementation, "ref", 3) == 0) {
        (void)snprintf(plain_loops, sizeof plain_loops, "primitive %zu is %s", created,
                       implementation);
    }
    return create(primitive, pd);
}

/* The network of that number with that kind of image, or NULL if it takes none such. */
static skel_network *network_of(int number, size_t image)
{
    size_t count = 0;
    const char *name = skel_model_names(&count)[number];
    skel_network *network = NULL;

    return skel_model_create(name, 0, images[image], CLASSES, &network) == SKEL_OK ? network : NULL;
}

static int networks(void)
{
    size_t count = 0;

    (void)skel_model_names(&count);
    return (int)count;
}

/* A layer without anything fast is an error, also where no memory is taken. */
START_TEST(every_layer_has_something_fast_at_every_batch_size)
{
    for (size_t i = 0; i < (size_t)IMAGES * MICROBATCHES; i++) {
        skel_network *network = network_of(_i, i / MICROBATCHES);
        skel_engine_options options = {
            .microbatch = microbatches[i % MICROBATCHES], .second_order = true, .curvature = true};
        size_t bytes = 0;

        if (network != NULL) {
            ck_assert_ok(skel_engine_bytes("dense", network, &options, &bytes));
            ck_assert_uint_gt(bytes, 0);
        }
        skel_network_destroy(&network);
    }
}
END_TEST

/* All vectors that a pass of synaptic flow takes, with parameters and averages of 1. */
static void pass_flow(skel_engine *engine, const skel_network *network)
{
    float *ones = NULL;
    float *flow = NULL;
    double logarithm = 0;
    size_t count = network->parameter_count + network->buffer_count;

    ck_assert_ok(SKEL_ALLOC(count, sizeof *ones, &ones));
    ck_assert_ok(SKEL_ALLOC(network->parameter_count, sizeof *flow, &flow));
    for (size_t i = 0; i < count; i++) {
        ones[i] = 1;
    }
    ck_assert_ok(skel_engine_flow(engine, ones, NULL, ones, NULL, flow, &logarithm));
    SKEL_FREE(&ones);
    SKEL_FREE(&flow);
}

/* Gradients, products with the Hessian, curvature (compiled together) and flow, of a network with a
 * kind of image: in a sample every second of these pairs, which is every network with two kinds of
 * images. */
START_TEST(no_primitive_is_plain_loops)
{
    enum { FEW = 2 };
    skel_network *network =
        skel_sample_takes((size_t)_i, 2) ? network_of(_i / IMAGES, (size_t)_i % IMAGES) : NULL;
    skel_engine_options options = {.microbatch = FEW, .second_order = true, .curvature = true};
    skel_engine *engine = NULL;

    if (network != NULL && network->ops <= 150) { /* deeper ones repeat the layers of others */
        created = 0;
        ck_assert_ok(skel_engine_create("dense", network, &options, &engine));
        pass_flow(engine, network);
        ck_assert_uint_gt(created, 0);
        ck_assert_msg(plain_loops[0] == '\0', "%s: %s", network->name, plain_loops);
        skel_engine_destroy(&engine);
    }
    skel_network_destroy(&network);
}
END_TEST

/* All small networks, with few images and with many. */
START_TEST(no_primitive_of_a_small_network_is_plain_loops)
{
    static const size_t batches[] = {2, 64};

    for (size_t i = skel_sample_from(0); i < skel_smalls(); i = skel_sample_from(i + 1)) {
        skel_network *network = skel_small_network(skel_small_get(i));
        skel_engine_options options = {
            .microbatch = batches[_i], .second_order = true, .curvature = true};
        skel_engine *engine = NULL;

        created = 0;
        ck_assert_ok(skel_engine_create("dense", network, &options, &engine));
        pass_flow(engine, network);
        ck_assert_uint_gt(created, 0);
        ck_assert_msg(plain_loops[0] == '\0', "%s: %s", skel_small_get(i)->name, plain_loops);
        skel_engine_destroy(&engine);
        skel_network_destroy(&network);
    }
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_loop_test(tcase, no_primitive_of_a_small_network_is_plain_loops, 0, 2);
    skel_sample_add(tcase, every_layer_has_something_fast_at_every_batch_size, networks());
    tcase_add_loop_test(tcase, no_primitive_is_plain_loops, 0, networks() * IMAGES);
}

int main(void)
{
    return skel_suite_run("dense_implementations", fill);
}
