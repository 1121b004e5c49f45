/* The name and the version of the MPI library. */
#include "skel/comm.h"

#include <mpi.h>
#include <stdio.h>
#include <string.h>

/* "Open MPI v4.1.4, package: ..." or "MPICH Version:\t4.0\n...": the first clause is enough. */
void skel_comm_libraries(char out[SKEL_LIBRARIES])
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    char *version = NULL;
    int length = 0;

    (void)MPI_Get_library_version(text, &length);
    text[strcspn(text, ",\n")] = '\0';
    version = strstr(text, " v");
    if (version != NULL) {
        memmove(version + 1, version + 2, strlen(version + 2) + 1);
    }
    (void)snprintf(out, SKEL_LIBRARIES, "%.90s", text);
}
