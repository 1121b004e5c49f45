/* The versions of zlib, libpng and libjpeg-turbo. */
#include "skel/dataset.h"
#include "skel/jpeg.h"

#include <png.h>
#include <stdio.h>
#include <zlib.h>

void skel_dataset_libraries(char out[SKEL_LIBRARIES])
{
    char jpeg[SKEL_LIBRARIES];

    skel_jpeg_library(jpeg);
    (void)snprintf(out, SKEL_LIBRARIES, "zlib %.14s, libpng %.14s, %.30s", zlibVersion(),
                   png_get_libpng_ver(NULL), jpeg);
}
