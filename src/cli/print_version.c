/* skel --version: the program and every library that it uses. */
#include "command.h"

#include "skel/libraries.h"
#include "skel/version.h"

#include <stdio.h>

void skel_command_version(void)
{
    char libraries[SKEL_LIBRARIES_TEXT];

    skel_libraries_text(libraries);
    printf("skel %s (%s)\n%s\n", skel_version(), skel_revision(), libraries);
}
