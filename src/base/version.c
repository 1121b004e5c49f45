/* The release and revision, as CMake knows them. */
#include "skel/version.h"

#include "skel_revision.h"

const char *skel_version(void)
{
    return SKEL_VERSION;
}

const char *skel_revision(void)
{
    return SKEL_REVISION;
}
