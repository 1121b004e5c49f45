/* Names of checkpoints. */
#include "generations.h"

#include <stdio.h>

void skel_generation_path(const char *path, size_t generation, char out[SKEL_GENERATION_PATH])
{
    static const char *const suffixes[SKEL_GENERATIONS] = {".checkpoint.new", ".checkpoint",
                                                           ".checkpoint.old"};

    (void)snprintf(out, SKEL_GENERATION_PATH, "%s%s", path, suffixes[generation]);
}
