/* Findings: written by checks, merged over the ranks. */
#include "finding.h"

#include "skel/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A finding of one rank as a text: the verdict's digit, what was found, a line break, the advice.
 */
enum { ROW = 2 * SKEL_FINDING_TEXT + 4 };

static void SKEL_FORMAT(4, 0) set(skel_finding *finding, skel_verdict verdict, const char *advice,
                                  const char *format, va_list arguments)
{
    finding->verdict = verdict;
    (void)vsnprintf(finding->found, sizeof finding->found, format, arguments);
    (void)snprintf(finding->advice, sizeof finding->advice, "%s", advice);
    for (char *c = finding->found; *c != '\0'; c++) {
        *c = *c == '\n' ? ' ' : *c; /* a line each */
    }
}

void skel_finding_ok(skel_finding *finding, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(finding, SKEL_VERDICT_OK, "", format, arguments);
    va_end(arguments);
}

void skel_finding_skip(skel_finding *finding, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(finding, SKEL_VERDICT_SKIPPED, "", format, arguments);
    va_end(arguments);
}

void skel_finding_warn(skel_finding *finding, const char *advice, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(finding, SKEL_VERDICT_WARNING, advice, format, arguments);
    va_end(arguments);
}

void skel_finding_fail(skel_finding *finding, const char *advice, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    set(finding, SKEL_VERDICT_FAILURE, advice, format, arguments);
    va_end(arguments);
}

/* The lowest rank with the worst verdict; `same`: ranks that have this verdict. */
static int worst_of(int ranks, const char *rows, int *same)
{
    int worst = 0;

    *same = 0;
    for (int i = 0; i < ranks; i++) {
        if (rows[(size_t)i * ROW] > rows[(size_t)worst * ROW]) {
            worst = i;
        }
    }
    for (int i = 0; i < ranks; i++) {
        *same += rows[(size_t)i * ROW] == rows[(size_t)worst * ROW];
    }
    return worst;
}

/* Takes the row of a rank apart. */
static void read_row(const char *row, int rank, const char *host, int same, skel_finding *finding)
{
    const char *end = strchr(row, '\n');
    char others[40] = "";

    SKEL_ASSERT(end != NULL);
    finding->verdict = (skel_verdict)(row[0] - '0');
    (void)snprintf(finding->advice, sizeof finding->advice, "%s", end + 1);
    if (same > 1 && finding->verdict > SKEL_VERDICT_SKIPPED) {
        (void)snprintf(others, sizeof others, " (one of %d such ranks)", same);
    }
    if (rank == 0 && others[0] == '\0') {
        (void)snprintf(finding->found, sizeof finding->found, "%.*s", (int)(end - row - 1),
                       row + 1);
    } else {
        (void)snprintf(finding->found, sizeof finding->found, "rank %d on %s%s: %.*s", rank, host,
                       others, (int)(end - row - 1), row + 1);
    }
}

skel_status skel_finding_merge(const skel_comm *comm, const char hosts[], size_t width,
                               skel_finding *finding)
{
    int ranks = skel_comm_size(comm);
    char *rows = NULL;
    char own[ROW];
    int worst = 0;
    int same = 0;
    skel_status status = SKEL_ALLOC((size_t)ranks, ROW, &rows);

    SKEL_TRY(skel_comm_agree(comm, status));
    (void)snprintf(own, sizeof own, "%d%s\n%s", (int)finding->verdict, finding->found,
                   finding->advice);
    skel_comm_gather_text(comm, own, ROW, rows);
    worst = worst_of(ranks, rows, &same);
    read_row(rows + (size_t)worst * ROW, worst, hosts + (size_t)worst * width, same, finding);
done:
    SKEL_FREE(&rows);
    return status;
}
