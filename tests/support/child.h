/** What a child process says and how it ends. */
#ifndef SKEL_TESTS_CHILD_H
#define SKEL_TESTS_CHILD_H

#include <stddef.h>

enum { SKEL_CHILD_WORDS = 4096 };

/** Lets a child process do something and then end with an exit status.
 *
 *  Local.
 *  @param status  exit status if `what` returns
 *  @param words   out: what the child wrote to standard error
 *  @return the exit status; -1 if a signal ended the child
 */
int skel_child_run(void (*what)(void *context), void *context, int status,
                   char words[SKEL_CHILD_WORDS]);

#endif
