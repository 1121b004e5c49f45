/** Control characters, which a terminal takes for commands or for the end of a line. */
#ifndef SKEL_CONTROL_H
#define SKEL_CONTROL_H

#include <stdbool.h>

/** Whether a byte is a control character.
 *
 *  Local.
 */
bool skel_control_is(char c);

/** Replaces control characters by "?", so that a name in a message can forge no line of its own.
 *
 *  Local.
 */
void skel_control_mask(char text[]);

#endif
