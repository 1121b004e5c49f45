/** Letters between single ranks, which nobody has to wait for. */
#ifndef SKEL_MAIL_H
#define SKEL_MAIL_H

#include "skel/comm.h"

enum { SKEL_MAIL_LETTER = 2048 }; /**< most bytes of a letter */

/** The letters of this rank. Opaque. */
typedef struct skel_mail skel_mail;

/** Opens the mail between the ranks of a group, apart from the group's other messages.
 *
 *  Collective.
 *  @param out  *owned*: skel_mail_close() it
 *  Errors: SKEL_ERR_MEMORY, agreed on.
 */
SKEL_CHECKED skel_status skel_mail_open(const skel_comm *comm, skel_mail **out);

/** Waits until this rank's letters have left, frees the mail; accepts NULL and nulls the pointer.
 *
 *  Collective. Every letter must have been taken by its receiver.
 */
void skel_mail_close(skel_mail **mail);

/** Sends a letter and returns at once; letters from one rank to another arrive in order.
 *
 *  Local.
 *  @param to      another rank than this one
 *  @param letter  [bytes] copied
 */
void skel_mail_send(skel_mail *mail, int to, size_t bytes, const void *letter);

/** Takes a letter that has arrived, if there is one.
 *
 *  Local.
 *  @param from    out: the sender
 *  @param letter  out: [bytes] all letters of one mail have the same size
 */
bool skel_mail_take(skel_mail *mail, int *from, size_t bytes, void *letter);

/** Sleeps two milliseconds, so that others have the processor: for loops that wait for a letter.
 *
 *  Local.
 */
void skel_mail_doze(void);

#endif
