/** What the files of the broker share: its letters, and the root's side. */
#ifndef SKEL_SWEEP_BROKER_INTERNAL_H
#define SKEL_SWEEP_BROKER_INTERNAL_H

#include "broker.h"
#include "display.h"
#include "lull.h"

#include "skel/mail.h"

enum { SKEL_BROKER_WORDS = 1024 /**< bytes of an error's message, at most */ };

/** Seconds between two looks for letters. */
#define SKEL_BROKER_LOOK 0.01

/** Seconds between two signs of life, or news. */
#define SKEL_BROKER_SIGN 2.0

/** Kinds of letters. */
typedef enum skel_broker_kind {
    SKEL_BROKER_ASK,    /**< from a leader: which run is next? */
    SKEL_BROKER_RESULT, /**< from a leader: this is how the run has ended */
    SKEL_BROKER_NEWS,   /**< from a leader: this is what the group is doing */
    SKEL_BROKER_ALIVE,  /**< from a leader to the root, or back: a sign of life */
    SKEL_BROKER_STOP,   /**< from any rank to the root, and from there to the leaders: a stop was
                           asked for */
    SKEL_BROKER_RUN,    /**< from the root: do this run, or none */
    SKEL_BROKER_END,    /**< from the root: all groups have done their runs */
} skel_broker_kind;

/** A letter. All fields are sent, whatever the kind is. Plain data. */
typedef struct skel_broker_letter {
    skel_broker_kind kind;
    skel_status status;
    bool kept;
    uint64_t index;
    uint64_t group; /**< of the leader */
    skel_outcome outcome;
    skel_news news;
    char words[SKEL_BROKER_WORDS];
} skel_broker_letter;

/** A broker. */
struct skel_broker {
    skel_deal deal;
    skel_mail *mail;       /**< NULL if there is one group */
    skel_display *display; /**< NULL on ranks that lead no group */
    skel_lull *lull;       /**< silence of the others; NULL on ranks that lead no group */
    double looked;         /**< time of the latest look for letters */
    double signed_at;      /**< time of the latest sign of life */
    bool passed_on; /**< the others know of this process's request to stop, or it of theirs */
    uint64_t stops; /**< letters of this kind sent to the root; on the root: taken */
    size_t done;    /**< groups that have got the answer that there is no further run; root only */
};

/** Whether this rank is the root of all ranks.
 *
 *  Local.
 */
bool skel_broker_is_root(const skel_broker *broker);

/** Whether the time for something has come again.
 *
 *  Local. Units: seconds.
 *  @param latest  in: when it was done last; out: `now`, if the time has come
 */
bool skel_broker_is_due(double now, double interval, double *latest);

/** Whether a stop was asked for that the other ranks do not know of. From now on they do.
 *
 *  Local. @param letter  out: what is to be sent to them
 */
bool skel_broker_has_stop(skel_broker *broker, skel_broker_letter *letter);

/** Takes over a result, and says it.
 *
 *  Root only.
 */
void skel_broker_note(skel_broker *broker, const skel_broker_letter *result);

/** Begins no further run and lets the groups at work leave theirs, if a stop was asked for.
 *
 *  Root only.
 */
void skel_broker_pass_on_stop(skel_broker *broker);

/** Takes the next run for the root's group. After the first run a request to stop leaves the others
 *  as they are.
 *
 *  Root only. @return SKEL_AGENDA_EMPTY if there is none
 */
uint64_t skel_broker_take(skel_broker *broker);

/** Does what the letters ask for that have come, looks for silent groups, and gives signs of life,
 *  each if it is time for it.
 *
 *  Root only. `context` is the broker: for skel_watchdog_listen().
 */
void skel_broker_attend(void *context);

/** Shows the progress of all groups, if it is time for it: for skel_progress_view().
 *
 *  Root only.
 */
void skel_broker_show(void *context, const skel_progress *progress, size_t done, double now);

/** Waits until the other groups have done their runs, and tells their leaders.
 *
 *  Root only.
 */
void skel_broker_await_groups(skel_broker *broker);

#endif
