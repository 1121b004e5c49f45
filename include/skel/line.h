/** The line that shows what is going on: live on a terminal, now and then in a log file. */
#ifndef SKEL_LINE_H
#define SKEL_LINE_H

#include "skel/status.h"

/** What a line shows. Borrowed for the call. */
typedef struct skel_line {
    const char *label;
    double share;     /**< of the work that is done, 0 to 1: the length of the bar */
    const char *text; /**< the figures */
    const char *note; /**< more, for lines that have room; may be "" */
} skel_line;

/** Seconds between two lines of a log file, by the seconds since its first one: few at first, so
 *  that a user who looks on sees that it works; a minute after four minutes.
 *
 *  Local.
 */
double skel_line_interval(double elapsed);

/** Whether messages go to a terminal, our own or the launcher's.
 *
 *  Local.
 */
bool skel_line_is_live(void);

/** Whether it is time for another line: ten times a second on a terminal, else after
 *  skel_line_interval(). False if messages of the level SKEL_LOG_INFO are not printed.
 *
 *  Local.
 *  @param now  skel_seconds()
 */
bool skel_line_is_due(double now);

/** Shows a line, which the next one replaces on a terminal. In a file a line of results that was
 *  held back comes first, in its place.
 *
 *  Local.
 */
void skel_line_show(const skel_line *line, double now);

/** Prints a line of results. In a log file, after the first five minutes, one that comes less than
 *  a minute after the line before is held back until the next line is due. Only the latest of those
 *  that are held back is printed then, with the number of the others.
 *
 *  Local.
 */
void skel_line_result(const char *text, double now);

/** Prints what is still held back.
 *
 *  Local.
 */
void skel_line_flush(void);

#endif
