/** What people are told about a key, in sentences that the help and the manual page share. */
#ifndef SKEL_JOB_DESCRIBE_H
#define SKEL_JOB_DESCRIBE_H

#include "key.h"

enum {
    SKEL_DESCRIBE_LINES = 5,                /**< sentences about one key */
    SKEL_DESCRIBE_SIZE = 2 * SKEL_KEY_TEXT, /**< bytes of a sentence */
    SKEL_DESCRIBE_TIMES = SKEL_TIMING_DURING + 1,
};

/** When a method prunes, in words. */
extern const char *const skel_describe_time[SKEL_DESCRIBE_TIMES];

/** What a job file looks like: paragraphs and examples. */
extern const char skel_describe_job[];

/** What the sweep is: a sentence. */
extern const char skel_describe_sweep[];

/** Describes a key: type and default, meaning, values, defaults of methods, methods that read it.
 *
 *  Local.
 *  @param list  [lists] values of keys that name things of other rooms
 *  @param out   out: sentences, "" where there is nothing to say
 */
void skel_describe_key(const skel_key *key, size_t lists, const skel_job_list list[],
                       char out[SKEL_DESCRIBE_LINES][SKEL_DESCRIBE_SIZE]);

#endif
