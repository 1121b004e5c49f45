/** Journals: a file of JSON lines beside each run file, to which the run appends its events.
 *
 *      skel_journal_open(path, &journal);
 *      if (skel_journal_begin(journal, "epoch", &line)) {
 *          skel_json_add_count(line, "epoch", 3);
 *          skel_journal_append(journal, &line);
 *      }
 *      skel_journal_close(&journal);
 *
 *  A journal never makes a run fail: what cannot be written is lost, with one warning.
 */
#ifndef SKEL_JOURNAL_H
#define SKEL_JOURNAL_H

#include "skel/json.h"
#include "skel/texts.h"

enum { SKEL_JOURNAL_TIME = 32 }; /**< bytes of a time */

#define SKEL_JOURNAL_SUFFIX ".log.jsonl"
#define SKEL_JOURNAL_SCHEMA "skel-journal"

/** A journal that a run writes. Opaque. */
typedef struct skel_journal skel_journal;

/** What a journal tells. Plain data; each line is NULL if there is none. */
typedef struct skel_journal_story {
    skel_json *start;      /**< the latest start; owned, as the others */
    skel_json *latest;     /**< the latest whole line */
    skel_json *position;   /**< the latest line with a position in the run */
    skel_json *checkpoint; /**< the latest checkpoint among the last lines */
    bool damaged;          /**< among the lines that were read one is no JSON object */
} skel_journal_story;

/** The journal of a run file: "runs/a/b.h5" has "runs/a/b.log.jsonl".
 *
 *  Local. A path that is too long is cut.
 */
void skel_journal_path(const char *run, size_t size, char out[]);

/** Opens the journal of a run file to append; makes it, and the folders above, if need be.
 *
 *  Local. One process opens it: the root of the run, while it holds the run's lock.
 *  @param out  *owned*: skel_journal_close() it; NULL, after a warning, if it cannot be opened
 */
void skel_journal_open(const char *run, skel_journal **out);

/** Closes the journal; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_journal_close(skel_journal **journal);

/** Begins a line: time, event, and the place of the latest start.
 *
 *  Local. Returns false, and no line, if `journal` is NULL or memory runs out.
 *  @param event  "start" marks the place that later lines refer to
 *  @param line   out: *owned* until skel_journal_append() takes it
 */
bool skel_journal_begin(skel_journal *journal, const char *event, skel_json **line);

/** Writes the line in one piece, with the line break, and frees it.
 *
 *  Local. A line that a killed process or a full disk has cut stays as it is; this one starts on a
 *  line of its own. Nothing waits for the disk.
 */
void skel_journal_append(skel_journal *journal, skel_json **line);

/** Seconds since the latest line of this journal was written, or since it was opened.
 *
 *  Local. By a clock that never goes back.
 */
double skel_journal_silence(const skel_journal *journal);

/** Reads what a journal tells: its last lines, and the start that they refer to.
 *
 *  Local. Of a long file it reads a few KiB. Lines that are cut or damaged are passed over.
 *  @param path  of the journal
 *  @param out   *owned*: skel_journal_forget() it, also after an error
 *  Errors: SKEL_ERR_IO; SKEL_ERR_DATA if no line is a start that skel has written; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_journal_read(const char *path, skel_journal_story *out);

/** Reads the warnings of a journal, each text once, and adds them to `out`.
 *
 *  Local. Lines that are cut or damaged are passed over.
 *  @param path  of the journal
 *  Errors: SKEL_ERR_IO; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_journal_warnings(const char *path, skel_texts *out);

/** Frees the lines.
 *
 *  Local.
 */
void skel_journal_forget(skel_journal_story *story);

/** Writes a time as lines have it: "2026-11-25T22:38:29.250Z", in UTC.
 *
 *  Local. Unit of `seconds`: seconds since 1970.
 */
void skel_journal_time_text(double seconds, char out[SKEL_JOURNAL_TIME]);

/** When a line was written, in seconds since 1970; NaN if it does not say.
 *
 *  Local.
 */
double skel_journal_time(const skel_json *line);

/** The wall clock, in seconds since 1970.
 *
 *  Local.
 */
double skel_journal_now(void);

#endif
