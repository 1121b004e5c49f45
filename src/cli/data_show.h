/** `skel data show SET`: a sheet of augmented images. */
#ifndef SKEL_CLI_DATA_SHOW_H
#define SKEL_CLI_DATA_SHOW_H

#include "command.h"

/** The options of `skel data show`, as entries of the list of `skel data`; --out is `pack`'s. */
#define SKEL_DATA_SHOW_OPTIONS                                                                     \
    {"augment", 0, "NAME", "show: as data.augment of a job (standard)"},                           \
        {"images", 0, "N", "show: rows, an image each (8)"},                                       \
    {                                                                                              \
        "side", 0, "N", "show: height and width of packed images (224)"                            \
    }

/** Draws the sheet of the set that the second word names.
 *
 *  Local. Errors: SKEL_ERR_USAGE; as skel_dataset_open() and skel_contact_sheet_write().
 */
SKEL_CHECKED skel_status skel_data_show_run(const skel_arguments *arguments);

#endif
