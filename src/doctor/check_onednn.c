/* The kernels of the dense engine, counted over the layers of a network. */
#include "checks.h"

#include "skel/engine.h"
#include "skel/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MICROBATCH = 16, CLASSES = 10, KINDS = 16, NAME = 48, DIRECTIONS = 3 };

/* Names of kernels, and how many directions of layers each computes. */
typedef struct tally {
    size_t kinds;
    char name[KINDS][NAME];
    size_t count[KINDS];
} tally;

static void count_kernel(tally *all, const char *name)
{
    size_t i = 0;

    while (i < all->kinds && strncmp(all->name[i], name, NAME - 1) != 0) {
        i++;
    }
    if (i == KINDS) {
        return;
    }
    if (i == all->kinds) {
        (void)snprintf(all->name[i], NAME, "%s", name);
        all->kinds++;
    }
    all->count[i]++;
}

static skel_status look_at(const char *model, skel_tensor image, tally *all)
{
    const skel_engine_options options = {.microbatch = MICROBATCH};
    skel_network *network = NULL;
    skel_engine *engine = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_model_create(model, 0, image, CLASSES, &network));
    SKEL_TRY(skel_engine_create("dense", network, &options, &engine));
    for (size_t op = 0; op < network->ops; op++) {
        for (size_t direction = 0; direction < DIRECTIONS; direction++) {
            const char *name = skel_engine_kernel(engine, op, direction);

            if (name[0] != '\0') {
                count_kernel(all, name);
            }
        }
    }
done:
    skel_engine_destroy(&engine);
    skel_network_destroy(&network);
    return status;
}

/* "jit:avx2 40, skel's own 12"; the number of plain loops. */
static size_t describe(const tally *all, size_t size, char out[])
{
    size_t used = 0;
    size_t plain = 0;

    out[0] = '\0';
    for (size_t i = 0; i < all->kinds && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s %zu", i > 0 ? ", " : "",
                                 all->name[i], all->count[i]);
        plain += strncmp(all->name[i], "ref", 3) == 0 ? all->count[i] : 0;
    }
    return plain;
}

void skel_check_onednn(skel_patient *patient, skel_finding *finding)
{
    const char *cap = getenv("DNNL_MAX_CPU_ISA");
    tally all = {.kinds = 0};
    char version[SKEL_LIBRARIES];
    char kernels[384];
    size_t plain = 0;
    skel_status status = look_at("resnet20", (skel_tensor){3, 32, 32}, &all);

    (void)patient;
    if (status == SKEL_OK) {
        status = look_at("lenet-5", (skel_tensor){1, 28, 28}, &all);
    }
    skel_engine_libraries(version);
    if (status != SKEL_OK) {
        skel_finding_fail(
            finding,
            "skel stops rather than computing with plain loops: set compute.engine to "
            "sparse or reference, or use another version of oneDNN",
            "%s: %.400s", version, skel_error_message());
        return;
    }
    plain = describe(&all, sizeof kernels, kernels);
    if (plain > 0) {
        skel_finding_fail(finding, "use another version of oneDNN",
                          "%s: plain loops (ref) in %zu directions of layers: %s", version, plain,
                          kernels);
    } else if (cap != NULL) {
        skel_finding_warn(finding, "unset DNNL_MAX_CPU_ISA, unless other hosts have no more",
                          "%s, capped by DNNL_MAX_CPU_ISA=%.20s; kernels: %s", version, cap,
                          kernels);
    } else {
        skel_finding_ok(finding, "%s, no plain loops (ref); kernels of resnet20 and lenet-5: %s",
                        version, kernels);
    }
}
