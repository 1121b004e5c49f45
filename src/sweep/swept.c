/* Swept keys, with the values of one run. */
#include "swept.h"

#include "skel/memory.h"

#include <stdio.h>

void skel_swept_lines(const skel_sweep *sweep, const skel_job *job, char out[SKEL_SWEPT])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < sweep->axes; i++) {
        char *value = NULL;
        int length = 0;

        if (skel_job_print_value(job, sweep->axis[i], &value) == SKEL_OK) {
            length = snprintf(out + used, SKEL_SWEPT - used, "%s=%s\n", sweep->axis[i], value);
        }
        SKEL_FREE(&value);
        if (length < 0 || (size_t)length >= SKEL_SWEPT - used) {
            out[used] = '\0';
            return;
        }
        used += (size_t)length;
    }
}
