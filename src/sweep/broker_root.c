/* The root's side of the broker: it answers letters between two steps of its own group's run. */
#include "broker_internal.h"

#include "notice.h"

#include "skel/line.h"
#include "skel/progress.h"
#include "skel/stop.h"

#include <stdio.h>

bool skel_broker_is_root(const skel_broker *broker)
{
    return skel_comm_is_root(broker->deal.all);
}

bool skel_broker_is_due(double now, double interval, double *latest)
{
    if (now - *latest < interval) {
        return false;
    }
    *latest = now;
    return true;
}

void skel_broker_note(skel_broker *broker, const skel_broker_letter *result)
{
    skel_sweep *sweep = broker->deal.sweep;
    skel_sweep_run *run = &sweep->run[result->index];

    run->outcome = result->outcome;
    skel_display_end(broker->display, result->group, &result->news);
    skel_sweep_settle(sweep, result->index, result->status, result->words);
    if (result->status == SKEL_ERR_STOPPED) {
        broker->deal.agenda->closed = true;
    } else if (result->status != SKEL_OK) {
        skel_notice_failed(sweep, result->index, broker->deal.tried);
    } else {
        skel_notice_done(sweep, result->index, result->kept);
    }
    if (result->status == SKEL_ERR_STORAGE ||
        (result->status != SKEL_OK && !broker->deal.keep_going)) {
        broker->deal.agenda->closed = true;
    }
}

bool skel_broker_has_stop(skel_broker *broker, skel_broker_letter *letter)
{
    if (broker->passed_on || !skel_stop_is_asked()) {
        return false;
    }
    broker->passed_on = true;
    *letter = (skel_broker_letter){.kind = SKEL_BROKER_STOP, .group = broker->deal.number};
    (void)snprintf(letter->words, sizeof letter->words, "%s", skel_stop_reason());
    return true;
}

void skel_broker_pass_on_stop(skel_broker *broker)
{
    skel_broker_letter letter;

    if (skel_broker_has_stop(broker, &letter)) {
        broker->deal.agenda->closed = true;
        for (size_t group = 1; group < broker->deal.groups; group++) {
            if (!skel_lull_has_ended(broker->lull, group)) {
                skel_mail_send(broker->mail, skel_lull_leader(broker->lull, group), sizeof letter,
                               &letter);
            }
        }
    }
}

uint64_t skel_broker_take(skel_broker *broker)
{
    skel_agenda *agenda = broker->deal.agenda;

    if (agenda->next > 0 && skel_stop_is_asked()) {
        agenda->closed = true;
    }
    return skel_agenda_take(agenda);
}

/* Gives a leader the next run, or none. */
static void answer(skel_broker *broker, int leader, size_t group)
{
    skel_broker_letter letter = {.kind = SKEL_BROKER_RUN,
                                 .index = skel_agenda_take(broker->deal.agenda)};

    if (letter.index == SKEL_AGENDA_EMPTY) {
        broker->done++;
        skel_lull_end(broker->lull, group);
    }
    skel_mail_send(broker->mail, leader, sizeof letter, &letter);
}

/* Does what all letters ask for that have come. */
static void serve(skel_broker *broker)
{
    skel_broker_letter letter;
    int from = 0;

    while (broker->mail != NULL && skel_mail_take(broker->mail, &from, sizeof letter, &letter)) {
        skel_lull_hear(broker->lull, letter.group);
        if (letter.kind == SKEL_BROKER_RESULT) {
            skel_broker_note(broker, &letter);
        } else if (letter.kind == SKEL_BROKER_NEWS) {
            skel_display_hear(broker->display, letter.group, &letter.news);
        } else if (letter.kind == SKEL_BROKER_STOP) {
            broker->stops++;
            skel_stop_adopt(letter.words);
        } else if (letter.kind == SKEL_BROKER_ASK) {
            answer(broker, from, letter.group);
        }
    }
}

/* A letter to each other leader. */
static void tell_leaders(skel_broker *broker, skel_broker_kind kind)
{
    skel_broker_letter letter = {.kind = kind};

    for (size_t group = 1; group < broker->deal.groups; group++) {
        skel_mail_send(broker->mail, skel_lull_leader(broker->lull, group), sizeof letter, &letter);
    }
}

void skel_broker_attend(void *context)
{
    skel_broker *broker = context;
    double now = skel_seconds();

    if (skel_broker_is_due(now, SKEL_BROKER_LOOK, &broker->looked)) {
        serve(broker);
        skel_broker_pass_on_stop(broker);
        skel_lull_watch(broker->lull, now);
        if (skel_broker_is_due(now, SKEL_BROKER_SIGN, &broker->signed_at)) {
            tell_leaders(broker, SKEL_BROKER_ALIVE);
        }
    }
}

void skel_broker_show(void *context, const skel_progress *progress, size_t done, double now)
{
    skel_broker *broker = context;
    skel_news news;

    skel_display_step(broker->display);
    if (skel_line_is_due(now)) {
        skel_display_news(broker->display, progress, done, now, &news);
        skel_display_hear(broker->display, 0, &news);
        skel_display_show(broker->display, now);
    }
}

void skel_broker_await_groups(skel_broker *broker)
{
    while (broker->done < broker->deal.groups - 1) {
        skel_broker_attend(broker);
        skel_mail_doze();
        if (skel_line_is_due(skel_seconds())) {
            skel_display_show(broker->display, skel_seconds());
        }
    }
    tell_leaders(broker, SKEL_BROKER_END);
}
