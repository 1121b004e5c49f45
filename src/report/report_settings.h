/** The settings of a run, as a sorted list of keys and values. */
#ifndef SKEL_REPORT_SETTINGS_H
#define SKEL_REPORT_SETTINGS_H

#include "skel/identity.h"
#include "skel/job.h"
#include "skel/json.h"
#include "skel/report_run.h"

#define SKEL_REPORT_DATA_KEY                                                                       \
    "data.content" /**< stands for the checksums of the data set's files                           \
                    */

#define SKEL_REPORT_NETWORK_KEY                                                                    \
    "model.content" /**< stands for the network of a model file, wherever the file lies */
#define SKEL_REPORT_PATH_KEY "model.file" /**< groups no runs that have the network's checksum */
#define SKEL_REPORT_WEIGHTS_KEY                                                                    \
    "weights.content" /**< stands for what a weight file holds, wherever the file lies */
#define SKEL_REPORT_WEIGHTS_PATH_KEY "model.weights"

/** Takes the settings of a job that can change the result, defaults too, without the seed.
 *
 *  Local.
 *  @param sums  checksums of the files that the run read; `data` is the checksum of the data set's
 *               checksums. "": the job has no such file, or the run does not say
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_settings_of_job(const skel_job *job, const skel_contents *sums,
                                                     skel_report_run *run);

/** Takes the settings that a journal's start names: method, sparsity, and the swept keys.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_settings_of_journal(const skel_json *start,
                                                         skel_report_run *run);

/** Takes lines "KEY: VALUE", or "~KEY: VALUE" for a value that follows from others.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 *  @param text  taken: the run owns it
 */
SKEL_CHECKED skel_status skel_report_settings_take(char *text, skel_report_run *run);

/** Writes the settings as lines that skel_report_settings_take() takes. `*out` is *owned*.
 *
 *  Local. Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_report_settings_print(const skel_report_run *run, char **out);

/** Finds a setting; NULL if the run has none of this key.
 *
 *  Local. Borrowed from the run.
 */
const skel_report_setting *skel_report_settings_find(const skel_report_run *run, const char *key);

#endif
