/** What a job says about its data set, for settings.c. */
#ifndef SKEL_SETUP_SETTINGS_DATA_H
#define SKEL_SETUP_SETTINGS_DATA_H

#include "skel/settings.h"

/** Finds an augmentation by its word.
 *
 *  Local.
 *  @param key  that has the word, for the message
 *  Errors: SKEL_ERR_CONFIG for an unknown word.
 */
SKEL_CHECKED skel_status skel_settings_augment(const char *key, const char *word,
                                               skel_augment *out);

/** Resolves the numbers of training, validation and test images; `out->data` is set.
 *
 *  Local. Errors: SKEL_ERR_CONFIG naming key and value.
 */
SKEL_CHECKED skel_status skel_settings_samples(const skel_job *job, skel_settings *out);

#endif
