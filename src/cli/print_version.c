/* skel --version: the program, the instruction set, and every library that it uses. */
#include "command.h"

#include "skel/isa.h"
#include "skel/libraries.h"
#include "skel/version.h"

#include <stdio.h>

void skel_command_version(void)
{
    char libraries[SKEL_LIBRARIES_TEXT];
    char isa[SKEL_ISA_TEXT];

    skel_libraries_text(libraries);
    skel_isa_text(isa);
    printf("skel %s (%s)\n%s\ninstruction set: %s\n", skel_version(), skel_revision(), libraries,
           isa);
}
