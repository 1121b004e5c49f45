/* Control characters. */
#include "skel/control.h"

bool skel_control_is(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

void skel_control_mask(char text[])
{
    for (; *text != '\0'; text++) {
        *text = skel_control_is(*text) ? '?' : *text;
    }
}
