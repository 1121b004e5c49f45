/* The network itself says which images it takes. */
#include "bench_network.h"

skel_status skel_bench_network(const char *model, size_t width, size_t classes, skel_network **out)
{
    static const skel_tensor images[] = {{3, 32, 32}, {1, 28, 28}};
    skel_status status = SKEL_ERR_CONFIG;

    for (size_t i = 0; status == SKEL_ERR_CONFIG && i < sizeof images / sizeof *images; i++) {
        status = skel_model_create(model, width, images[i], classes, out);
    }
    return status;
}
