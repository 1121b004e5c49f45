/* The version of HDF5. */
#include "skel/file.h"

#include <hdf5.h>
#include <stdio.h>

void skel_file_libraries(char out[SKEL_LIBRARIES])
{
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;

    (void)H5get_libversion(&major, &minor, &release);
    (void)snprintf(out, SKEL_LIBRARIES, "HDF5 %u.%u.%u", major, minor, release);
}
