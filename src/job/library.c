/* The version of libyaml, which reads the job files. */
#include "skel/job.h"

#include <stdio.h>
#include <yaml.h>

void skel_job_libraries(char out[SKEL_LIBRARIES])
{
    (void)snprintf(out, SKEL_LIBRARIES, "libyaml %.24s", yaml_get_version_string());
}
