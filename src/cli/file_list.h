/** The files that a command's words name: files as they are, and what is in folders. */
#ifndef SKEL_CLI_FILE_LIST_H
#define SKEL_CLI_FILE_LIST_H

#include "skel/status.h"

#include <stddef.h>

/** Which files of a folder are meant. */
typedef enum skel_file_choice {
    SKEL_FILES_FINISHED, /**< NAME.h5, but for folders of reports */
    SKEL_FILES_ALL,      /**< also NAME.h5.checkpoint and its generations, NAME.h5.spectra, and in
                              folders of reports */
} skel_file_choice;

/** Paths of files. Plain data; skel_file_list_free() frees it. */
typedef struct skel_file_list {
    size_t count;
    char **path;    /**< [count] */
    bool *found;    /**< [count] whether the file was found in a folder, and not named by a word */
    size_t folders; /**< that were named */
} skel_file_list;

/** Lists the files that words name, in their order; those of a folder, and of all below it, by
 *  name.
 *
 *  Local.
 *  @param out  *owned*: skel_file_list_free() it, also after an error
 *  Errors: SKEL_ERR_IO for a folder that cannot be read; SKEL_ERR_DATA for a folder in which no
 *          file is meant, and for a control character in a path; SKEL_ERR_MEMORY. A word that names
 *          no folder is not looked at.
 */
SKEL_CHECKED skel_status skel_file_list_make(size_t count, char *const words[],
                                             skel_file_choice choice, skel_file_list *out);

/** Frees the paths.
 *
 *  Local.
 */
void skel_file_list_free(skel_file_list *list);

#endif
