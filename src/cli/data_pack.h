/** skel data pack: its options and its work; `skel data` has its words. */
#ifndef SKEL_CLI_DATA_PACK_H
#define SKEL_CLI_DATA_PACK_H

#include "command.h"

/** The options of `skel data pack`, as entries of the list of `skel data`. */
#define SKEL_DATA_PACK_OPTIONS                                                                     \
    {"out", 0, "FILE", "pack: the HDF5 file to be made"},                                          \
        {"size", 0, "N|HxW", "pack: make all images N x N pixels (as they are)"},                  \
        {"channels", 0, "1|3", "pack: grey or coloured (3)"},                                      \
        {"keep-size", 0, NULL, "pack: images may have several sizes"},                             \
        {"keep-bytes", 0, NULL,                                                                    \
         "pack: keep JPEG files; with --size N, larger ones get a shorter side of N"},             \
        {"turn", 0, NULL, "pack: turn images as EXIF asks"},                                       \
        {"skip-damaged", 0, NULL, "pack: leave damaged images out"},                               \
        {"test-share", 0, "X",                                                                     \
         "pack: test on this share of each class (0; the folders say which)"},                     \
    {                                                                                              \
        "validation", 0, "FILE", "pack: list of the labels of the images in DIR/val"               \
    }

/** Packs the folder that the command line names, on all ranks.
 *
 *  Collective. Starts and ends MPI. Errors: as skel_pack_make(); SKEL_ERR_USAGE. The caller prints
 *  nothing.
 */
SKEL_CHECKED skel_status skel_data_pack_run(const skel_arguments *arguments);

#endif
