/* The version of oneDNN and its instruction set, for `skel --version`. */
#include "skel/engine.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>

/* What oneDNN's kernels of single precision differ by; an extension for other numbers does not
 * count. */
static const char *instruction_set(void)
{
    static const struct {
        unsigned bits;
        const char *name;
    } sets[] = {{dnnl_cpu_isa_avx512_core, "AVX512_CORE"},
                {dnnl_cpu_isa_avx2, "AVX2"},
                {dnnl_cpu_isa_avx, "AVX"},
                {dnnl_cpu_isa_sse41, "SSE41"}};
    unsigned effective = dnnl_get_effective_cpu_isa();

    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if ((effective & sets[i].bits) == sets[i].bits) {
            return sets[i].name;
        }
    }
    return "baseline"; /* also on a processor of another kind */
}

void skel_engine_libraries(char out[SKEL_LIBRARIES])
{
    const dnnl_version_t *version = dnnl_version();

    (void)snprintf(out, SKEL_LIBRARIES, "oneDNN %d.%d.%d with %s", version->major, version->minor,
                   version->patch, instruction_set());
}
