/* The version of oneDNN, for `skel --version`. */
#include "skel/engine.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>

void skel_engine_libraries(char out[SKEL_LIBRARIES])
{
    const dnnl_version_t *version = dnnl_version();

    (void)snprintf(out, SKEL_LIBRARIES, "oneDNN %d.%d.%d", version->major, version->minor,
                   version->patch);
}
