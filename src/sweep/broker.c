/* Brokers: the root of all ranks holds the agenda. The first rank of each other group, its leader,
 * asks by letter. The root looks for letters whenever its own group makes progress. */
#include "broker.h"

#include "display.h"
#include "notice.h"

#include "skel/line.h"
#include "skel/log.h"
#include "skel/mail.h"
#include "skel/memory.h"
#include "skel/watchdog.h"

#include <stdio.h>
#include <string.h>

enum { WORDS = 1024 /* bytes of an error's message, at most */ };

typedef enum kind {
    ASK,    /* from a leader: which run is next? */
    RESULT, /* from a leader: this is how the run has ended */
    NEWS,   /* from a leader: this is what the group is doing */
    RUN,    /* from the root: do this run, or none */
} kind;

/* All fields are sent, whatever the kind is. */
typedef struct message {
    kind kind;
    skel_status status;
    bool kept;
    uint64_t index;
    uint64_t group; /* of the leader */
    skel_outcome outcome;
    skel_news news;
    char words[WORDS];
} message;

static const double look_interval = 0.01; /* seconds between two looks for letters */
static const double news_interval = 2;

struct skel_broker {
    skel_deal deal;
    skel_mail *mail;       /* NULL if there is one group */
    skel_display *display; /* NULL on ranks that lead no group */
    double looked;         /* time of the latest look for letters, or of the latest news */
    size_t done; /* groups that have got the answer that there is no further run; root only */
};

static bool is_root(const skel_broker *broker)
{
    return skel_comm_is_root(broker->deal.all);
}

/* Root only: takes over a result, and says it. */
static void note(skel_broker *broker, const message *result)
{
    skel_sweep *sweep = broker->deal.sweep;
    skel_sweep_run *run = &sweep->run[result->index];

    run->outcome = result->outcome;
    skel_display_end(broker->display, result->group);
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

/* Root only: answers all letters that have come. */
static void serve(skel_broker *broker)
{
    message letter;
    int from = 0;

    while (broker->mail != NULL && skel_mail_take(broker->mail, &from, sizeof letter, &letter)) {
        if (letter.kind == RESULT) {
            note(broker, &letter);
        } else if (letter.kind == NEWS) {
            skel_display_hear(broker->display, letter.group, &letter.news);
        } else {
            memset(&letter, 0, sizeof letter);
            letter.kind = RUN;
            letter.index = skel_agenda_take(broker->deal.agenda);
            broker->done += letter.index == SKEL_AGENDA_EMPTY;
            skel_mail_send(broker->mail, from, sizeof letter, &letter);
        }
    }
}

/* Called by the root while its group's run makes progress. */
static void watch(void *context, const skel_progress *progress, size_t done, double now)
{
    skel_broker *broker = context;
    skel_news news;

    if (now - broker->looked >= look_interval) {
        broker->looked = now;
        serve(broker);
        if (skel_line_is_due(now)) {
            skel_display_news(broker->display, progress, done, now, &news);
            skel_display_hear(broker->display, 0, &news);
            skel_display_show(broker->display, now);
        }
    }
}

/* Called by the other leaders. Their messages remove the root's live line. */
static void report_news(void *context, const skel_progress *progress, size_t done, double now)
{
    skel_broker *broker = context;
    message letter = {.kind = NEWS, .group = broker->deal.number};

    if (now - broker->looked >= news_interval) {
        broker->looked = now;
        skel_display_news(broker->display, progress, done, now, &letter.news);
        skel_mail_send(broker->mail, 0, sizeof letter, &letter);
        if (skel_line_is_live()) {
            skel_log_note_line();
        }
    }
}

skel_status skel_broker_open(const skel_deal *deal, skel_broker **out)
{
    bool leads = skel_comm_is_root(deal->group);
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    _Static_assert(sizeof(message) <= SKEL_MAIL_LETTER, "a message is one letter");
    if (status == SKEL_OK && leads) {
        status = skel_display_open(deal->sweep, deal->groups, &(*out)->display);
    }
    SKEL_TRY(skel_comm_agree(deal->all, status));
    (*out)->deal = *deal;
    if (deal->groups > 1) {
        SKEL_TRY(skel_mail_open(deal->all, &(*out)->mail));
    }
    if (leads) {
        skel_progress_view(is_root(*out) ? watch : report_news, *out);
    }
done:
    if (status != SKEL_OK && *out != NULL) {
        skel_display_close(&(*out)->display);
        SKEL_FREE(out);
    }
    return status;
}

/* Leaders only: asks the root and waits for the answer, which may take one microbatch. */
static uint64_t ask(skel_broker *broker)
{
    message letter = {.kind = ASK};
    int from = 0;

    skel_mail_send(broker->mail, 0, sizeof letter, &letter);
    while (!skel_mail_take(broker->mail, &from, sizeof letter, &letter)) {
        skel_mail_doze();
    }
    return letter.index;
}

bool skel_broker_next(skel_broker *broker, size_t *index)
{
    const skel_comm *group = broker->deal.group;
    uint64_t next = SKEL_AGENDA_EMPTY;

    if (is_root(broker)) {
        next = skel_agenda_take(broker->deal.agenda);
    } else if (skel_comm_is_root(group)) {
        next = ask(broker);
    }
    if (broker->deal.groups > 1) {
        skel_comm_rest(group);
    }
    skel_comm_broadcast(group, sizeof next, &next);
    *index = next;
    if (next != SKEL_AGENDA_EMPTY && broker->display != NULL) {
        skel_display_begin(broker->display, next);
    }
    return next != SKEL_AGENDA_EMPTY;
}

void skel_broker_report(skel_broker *broker, size_t index, skel_status status, bool kept)
{
    message result = {.kind = RESULT,
                      .status = status,
                      .kept = kept,
                      .index = index,
                      .outcome = broker->deal.sweep->run[index].outcome};

    if (!skel_comm_is_root(broker->deal.group)) {
        return;
    }
    if (status != SKEL_OK) {
        (void)snprintf(result.words, sizeof result.words, "%s", skel_error_message());
    }
    if (is_root(broker)) {
        note(broker, &result);
    } else {
        skel_mail_send(broker->mail, 0, sizeof result, &result);
    }
}

void skel_broker_close(skel_broker **broker)
{
    if (*broker == NULL) {
        return;
    }
    if ((*broker)->display != NULL) {
        skel_progress_view(NULL, NULL);
    }
    if ((*broker)->mail != NULL) {
        skel_watchdog_rest(); /* until the runs of the other groups have ended */
        while (is_root(*broker) && (*broker)->done < (*broker)->deal.groups - 1) {
            serve(*broker);
            skel_mail_doze();
            if (skel_line_is_due(skel_seconds())) {
                skel_display_show((*broker)->display, skel_seconds());
            }
        }
        skel_log_clear_line();
        skel_comm_rest((*broker)->deal.all);
        skel_watchdog_resume();
        skel_mail_close(&(*broker)->mail);
    }
    skel_display_close(&(*broker)->display);
    SKEL_FREE(broker);
}
