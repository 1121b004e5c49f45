/* The versions of zlib and libpng. */
#include "skel/dataset.h"

#include <png.h>
#include <stdio.h>
#include <zlib.h>

void skel_dataset_libraries(char out[SKEL_LIBRARIES])
{
    (void)snprintf(out, SKEL_LIBRARIES, "zlib %.24s, libpng %.24s", zlibVersion(),
                   png_get_libpng_ver(NULL));
}
