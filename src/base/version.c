/* The release and the git revision, as CMake found them. */
#include "skel/version.h"

#include "skel_revision.h"

#include <stdio.h>
#include <xxhash.h>

const char *skel_version(void)
{
    return SKEL_VERSION;
}

const char *skel_revision(void)
{
    return SKEL_REVISION;
}

const char *skel_version_date(void)
{
    return SKEL_REVISION_DATE;
}

void skel_version_libraries(char out[SKEL_LIBRARIES])
{
    unsigned version = XXH_versionNumber();

    (void)snprintf(out, SKEL_LIBRARIES, "xxHash %u.%u.%u", version / 10000, version / 100 % 100,
                   version % 100);
}
