/* Brokers: the root of all ranks holds the agenda. The first rank of each other group, its leader,
 * asks by letter. The root looks for letters whenever its own group makes progress. In the same way
 * leaders and root give each other signs of life. */
#include "broker_internal.h"

#include "skel/line.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/stop.h"
#include "skel/watchdog.h"

#include <stdio.h>

/* Other ranks: tell the root. */
static void tell_stop(skel_broker *broker)
{
    skel_broker_letter letter;

    if (skel_broker_has_stop(broker, &letter)) {
        broker->stops++;
        skel_mail_send(broker->mail, 0, sizeof letter, &letter);
    }
}

/* Other leaders: a letter of the root that is no answer. */
static void hear_root(skel_broker *broker, const skel_broker_letter *letter)
{
    skel_lull_hear(broker->lull, 0);
    if (letter->kind == SKEL_BROKER_STOP) {
        skel_stop_adopt(letter->words);
        broker->passed_on = true;
    }
}

/* Other leaders, at each of their steps of progress. */
static void report_life(void *context)
{
    skel_broker *broker = context;
    double now = skel_seconds();
    skel_broker_letter letter;
    int from = 0;

    if (skel_broker_is_due(now, SKEL_BROKER_LOOK, &broker->looked)) {
        while (skel_mail_take(broker->mail, &from, sizeof letter, &letter)) {
            hear_root(broker, &letter);
        }
        tell_stop(broker);
        skel_lull_watch(broker->lull, now);
        if (skel_broker_is_due(now, SKEL_BROKER_SIGN, &broker->signed_at)) {
            letter = (skel_broker_letter){.kind = SKEL_BROKER_ALIVE, .group = broker->deal.number};
            skel_mail_send(broker->mail, 0, sizeof letter, &letter);
        }
    }
}

/* Called by the other leaders. Their messages remove the root's live line. */
static void report_news(void *context, const skel_progress *progress, size_t done, double now)
{
    skel_broker *broker = context;
    skel_broker_letter letter = {.kind = SKEL_BROKER_NEWS, .group = broker->deal.number};

    skel_display_step(broker->display);
    if (skel_broker_is_due(now, SKEL_BROKER_SIGN, &broker->signed_at)) {
        skel_display_news(broker->display, progress, done, now, &letter.news);
        skel_mail_send(broker->mail, 0, sizeof letter, &letter);
        if (skel_line_is_live()) {
            skel_log_note_line();
        }
    }
}

/* Lets this rank's steps of progress be heard of, or not any more. */
static void listen(skel_broker *broker, bool on)
{
    bool root = skel_broker_is_root(broker);

    if (skel_comm_is_root(broker->deal.group)) {
        skel_progress_view(!on ? NULL : root ? skel_broker_show : report_news, on ? broker : NULL);
        skel_watchdog_listen(!on || broker->mail == NULL ? NULL
                             : root                      ? skel_broker_attend
                                                         : report_life,
                             on ? broker : NULL);
    }
}

skel_status skel_broker_open(const skel_deal *deal, skel_broker **out)
{
    bool leads = skel_comm_is_root(deal->group);
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    _Static_assert(sizeof(skel_broker_letter) <= SKEL_MAIL_LETTER, "a message is one letter");
    if (status == SKEL_OK && leads) {
        status = skel_display_open(deal->sweep, deal->groups, &(*out)->display);
    }
    SKEL_TRY(skel_comm_agree(deal->all, status));
    (*out)->deal = *deal;
    if (deal->groups > 1) {
        SKEL_TRY(skel_lull_open(deal->all, deal->groups, deal->number, leads, &(*out)->lull));
        SKEL_TRY(skel_mail_open(deal->all, &(*out)->mail));
    }
    listen(*out, true);
done:
    if (status != SKEL_OK && *out != NULL) {
        skel_display_close(&(*out)->display);
        skel_lull_close(&(*out)->lull);
        SKEL_FREE(out);
    }
    return status;
}

/* Leaders only: waits for a letter of this kind, and meanwhile takes and tells requests to stop. */
static void await(skel_broker *broker, skel_broker_kind kind, skel_broker_letter *letter)
{
    int from = 0;

    skel_lull_hear(broker->lull, 0);
    for (;;) {
        while (skel_mail_take(broker->mail, &from, sizeof *letter, letter)) {
            hear_root(broker, letter);
            if (letter->kind == kind) {
                return;
            }
        }
        tell_stop(broker);
        skel_lull_watch(broker->lull, skel_seconds());
        skel_mail_doze();
    }
}

/* Leaders only: asks the root and waits for the answer, which may take one microbatch. */
static uint64_t ask(skel_broker *broker)
{
    skel_broker_letter letter = {.kind = SKEL_BROKER_ASK, .group = broker->deal.number};

    skel_mail_send(broker->mail, 0, sizeof letter, &letter);
    await(broker, SKEL_BROKER_RUN, &letter);
    return letter.index;
}

bool skel_broker_next(skel_broker *broker, size_t *index)
{
    const skel_comm *group = broker->deal.group;
    uint64_t next = SKEL_AGENDA_EMPTY;

    skel_watchdog_rest(); /* the leader's lull watches the root */
    if (skel_broker_is_root(broker)) {
        next = skel_broker_take(broker);
    } else if (skel_comm_is_root(group)) {
        next = ask(broker);
        if (next == SKEL_AGENDA_EMPTY) {
            listen(broker, false); /* further letters are for the wait for the end */
        }
    }
    if (broker->deal.groups > 1) {
        skel_comm_rest(group);
    }
    skel_watchdog_resume();
    skel_comm_broadcast(group, sizeof next, &next);
    *index = next;
    if (next != SKEL_AGENDA_EMPTY && broker->display != NULL) {
        skel_display_begin(broker->display, next);
    }
    return next != SKEL_AGENDA_EMPTY;
}

void skel_broker_report(skel_broker *broker, size_t index, skel_status status, bool kept)
{
    skel_broker_letter result = {.kind = SKEL_BROKER_RESULT,
                                 .group = broker->deal.number,
                                 .status = status,
                                 .kept = kept,
                                 .index = index,
                                 .outcome = broker->deal.sweep->run[index].outcome};

    if (!skel_comm_is_root(broker->deal.group)) {
        return;
    }
    skel_display_result(broker->display, status == SKEL_OK && !kept, &result.news);
    if (status != SKEL_OK) {
        (void)snprintf(result.words, sizeof result.words, "%s", skel_error_message());
    }
    if (skel_broker_is_root(broker)) {
        skel_broker_note(broker, &result);
        skel_broker_pass_on_stop(broker);
    } else {
        skel_mail_send(broker->mail, 0, sizeof result, &result);
        tell_stop(broker);
    }
}

/* `meanwhile` of skel_comm_rest_while(). */
static void tell_stop_of(void *context)
{
    tell_stop(context);
}

/* Waits until all groups have done their runs. A request to stop that comes meanwhile reaches the
 * root, wherever it comes; one that comes at the very end is not needed any more. */
static void await_end(skel_broker *broker)
{
    const skel_deal *deal = &broker->deal;
    skel_broker_letter letter;
    int from = 0;
    double sent = 0;

    skel_watchdog_rest();
    if (skel_broker_is_root(broker)) {
        skel_broker_await_groups(broker);
    } else if (skel_comm_is_root(deal->group)) {
        await(broker, SKEL_BROKER_END, &letter);
    }
    if (skel_comm_is_root(deal->group)) {
        skel_watchdog_resume(); /* nobody has anything to do any more */
        skel_watchdog_phase("end of the groups of ranks");
    }
    skel_log_clear_line();
    skel_comm_rest_while(deal->all, skel_broker_is_root(broker) ? NULL : tell_stop_of, broker);
    skel_watchdog_resume();
    sent = skel_broker_is_root(broker) ? 0 : (double)broker->stops;
    skel_comm_sum_f64(deal->all, 1, &sent);
    while (skel_broker_is_root(broker) && (double)broker->stops < sent) {
        broker->stops += skel_mail_take(broker->mail, &from, sizeof letter, &letter);
    }
}

void skel_broker_close(skel_broker **broker)
{
    if (*broker == NULL) {
        return;
    }
    listen(*broker, false);
    if ((*broker)->mail != NULL) {
        await_end(*broker);
        skel_mail_close(&(*broker)->mail);
    }
    skel_lull_close(&(*broker)->lull);
    skel_display_close(&(*broker)->display);
    SKEL_FREE(broker);
}
