/* The benchmark: its table of parts, the parts that the user names, and the peer. */
#include "parts.h"

#include "skel/installed.h"
#include "skel/log.h"
#include "skel/progress.h"
#include "skel/text.h"

#include <stdio.h>
#include <string.h>

#define ROW(part) {#part, skel_bench_##part},
#define WORD(part) " " #part

static const struct {
    const char *name;
    skel_status (*run)(skel_bench *bench);
} parts[] = {SKEL_BENCH_PARTS(ROW)};

enum { PARTS = sizeof parts / sizeof parts[0] };

static skel_status check_word(const char *word)
{
    const char *names[PARTS];
    const char *nearest = NULL;

    for (size_t i = 0; i < PARTS; i++) {
        names[i] = parts[i].name;
        if (strcmp(names[i], word) == 0) {
            return SKEL_OK;
        }
    }
    nearest = skel_text_nearest(word, PARTS, names);
    return SKEL_FAIL(SKEL_ERR_USAGE,
                     "skel bench: no part \"%s\"%s%s%s; the parts are:" SKEL_BENCH_PARTS(WORD),
                     word, nearest == NULL ? "" : "; did you mean ", nearest == NULL ? "" : nearest,
                     nearest == NULL ? "" : "?");
}

skel_status skel_bench_check(size_t words, char *const word[])
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < words && status == SKEL_OK; i++) {
        status = check_word(word[i]);
    }
    return status;
}

static bool is_wanted(size_t words, char *const word[], const char *part)
{
    for (size_t i = 0; i < words; i++) {
        if (strcmp(word[i], part) == 0) {
            return true;
        }
    }
    return words == 0;
}

/* Arguments of start(). */
typedef struct skel_peer_start {
    skel_bench *bench;
    const char *script;
    size_t threads;
} skel_peer_start;

static skel_status start(void *context, double *seconds)
{
    const skel_peer_start *peer = context;
    const char *script = peer->script;
    double started = skel_seconds();
    char installed[SKEL_INSTALLED_PATH];
    skel_status status = SKEL_OK;

    if (script == NULL) {
        SKEL_TRY(skel_installed_find("analysis/peer_torch.py", installed));
        script = installed;
    }
    SKEL_TRY(skel_bench_peer_start(script, peer->threads, &peer->bench->peer));
done:
    *seconds = skel_seconds() - started;
    return status;
}

void skel_bench_peer_open(skel_bench *bench, const char *script, size_t threads)
{
    skel_peer_start peer = {.bench = bench, .script = script, .threads = threads};

    (void)snprintf(bench->no_peer, sizeof bench->no_peer, "--peer none");
    if (script != NULL && strcmp(script, "none") == 0) {
        return;
    }
    if (skel_bench_alone(bench, start, &peer, &bench->peer_seconds) != SKEL_OK) {
        (void)snprintf(bench->no_peer, sizeof bench->no_peer, "%s", skel_error_message());
        SKEL_WARN("no figures of PyTorch: %s", bench->no_peer);
    }
}

static void print_header(const skel_bench *bench)
{
    int threads = 0;

    if (!skel_comm_is_root(bench->comm)) {
        return;
    }
    (void)printf("skel on %d rank%s of %zu thread%s", skel_comm_size(bench->comm),
                 skel_comm_size(bench->comm) == 1 ? "" : "s", bench->threads,
                 bench->threads == 1 ? "" : "s");
    if (bench->peer != NULL) {
        const char *name = skel_bench_peer_name(bench->peer, &threads);

        (void)printf(", %s on 1 process of %d thread%s", name, threads, threads == 1 ? "" : "s");
    }
    (void)printf("; %zu round%s, in turn, only one at work at a time\n", bench->repeat,
                 bench->repeat == 1 ? "" : "s");
}

/* Of all parts, one that this program was built without is no error: the others are measured. */
static skel_status pass_over(const skel_bench *bench, const char *part, skel_status status)
{
    if (status != SKEL_ERR_MISSING) {
        return status;
    }
    if (skel_comm_is_root(bench->comm)) {
        (void)printf("\n%s: not measured: %s\n", part, skel_error_message());
    }
    skel_error_clear();
    return SKEL_OK;
}

skel_status skel_bench_run(skel_bench *bench, size_t words, char *const word[])
{
    skel_status status = SKEL_OK;

    print_header(bench);
    for (size_t i = 0; i < PARTS; i++) {
        if (is_wanted(words, word, parts[i].name)) {
            status = parts[i].run(bench);
            SKEL_TRY(words == 0 ? pass_over(bench, parts[i].name, status) : status);
        }
    }
done:
    return status;
}
