/** Packing: folders of images become a data set in one HDF5 file (skel/data_layout.h).
 *
 *  The ranks decode the images in blocks, each of which becomes a file in the folder OUT.packing
 *  under its name when it is whole. The blocks do not depend on the number of ranks, so a packing
 *  that was stopped or killed goes on with any number of them. Then all ranks write OUT from the
 *  blocks; it gets its name when it is complete, and the folder is removed.
 */
#ifndef SKEL_PACK_H
#define SKEL_PACK_H

#include "skel/comm.h"
#include "skel/data_layout.h"

/** What to pack, and how. Plain data, borrowed. */
typedef struct skel_pack_options {
    const char *dir;        /**< folder of the images */
    const char *out;        /**< file to be made */
    const char *validation; /**< file with the labels of DIR/val; NULL: folders, or Tiny-ImageNet */
    double test_share;      /**< of each class, if no folder has images to test on; else 0 */
    size_t height;          /**< of the packed images; 0: as they are */
    size_t width;
    size_t channels; /**< 1 or 3 */
    bool keep_size;  /**< images may have several sizes */
    bool keep_bytes; /**< JPEG files are packed as they are, or made smaller to `height` */
    bool turn;       /**< obey EXIF's orientation */
    bool skip;       /**< leave damaged images out */
} skel_pack_options;

/** What was packed. Plain data. */
typedef struct skel_pack_report {
    size_t images[SKEL_DATA_LAYOUT_HALVES];
    size_t classes;
    size_t channels;
    size_t height; /**< 0 if there are several sizes */
    size_t width;
    size_t damaged; /**< images that were left out */
    size_t kept;    /**< blocks of an earlier attempt that were taken over */
    size_t blocks;
    uint64_t bytes; /**< of the file */
    double mean[3]; /**< of pixel / 255 of the training images */
    double deviation[3];
} skel_pack_report;

/** Packs a folder.
 *
 *  Collective. DIR is one of
 *
 *      train/CLASS/..., test/CLASS/... and val/CLASS/...    images by class, at any depth below it
 *      train/CLASS/..., val/... and a list of labels        Tiny-ImageNet, ImageNet
 *      CLASS/... or train/CLASS/..., with a share of them to test on
 *      train.bin, test.bin                                  CIFAR-100's binary version
 *      data_batch_1.bin to _5.bin, test_batch.bin           CIFAR-10's
 *
 *  Classes are in the order of their names' bytes, as in torchvision's ImageFolder. Warnings name
 *  the damaged images.
 *  Errors: SKEL_ERR_DATA for damaged images unless they are to be left out, after all of them are
 *          named; for a tree that is none of these; for images of several sizes without a rule;
 *          SKEL_ERR_CONFIG for options that exclude each other; SKEL_ERR_IO; SKEL_ERR_STOPPED
 *          between two blocks; SKEL_ERR_MEMORY. Agreed on.
 */
SKEL_CHECKED skel_status skel_pack_make(const skel_comm *comm, const skel_pack_options *options,
                                        skel_pack_report *report);

#endif
