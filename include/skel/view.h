/** Images as the network sees them: padded, augmented, normalised. */
#ifndef SKEL_VIEW_H
#define SKEL_VIEW_H

#include "skel/dataset.h"

typedef enum skel_augment {
    SKEL_AUGMENT_NONE,
    SKEL_AUGMENT_STANDARD, /**< pad 4 on each side and crop at random; flip with probability 1/2 */
} skel_augment;

/** The settings by which raw images become the network's input. Plain data. */
typedef struct skel_view {
    const skel_dataset_info *info;
    size_t side_h; /**< height after centring in a larger square (`data.pad-to`), or the image's */
    size_t side_w;
    skel_augment augment;
    uint64_t seed;
} skel_view;

/** Makes a view from its settings.
 *
 *  Local.
 *  @param pad_to  side of the square in which smaller images are centred, 0 for none
 *  Errors: SKEL_ERR_CONFIG if the image does not fit in the square.
 */
SKEL_CHECKED skel_status skel_view_make(const skel_dataset_info *info, size_t pad_to,
                                        skel_augment augment, uint64_t seed, skel_view *out);

/** Pads, augments and normalises samples.
 *
 *  Local. Padding is black (pixel 0) before normalisation, as in torchvision. A sample's
 *  augmentation depends on (seed, epoch, its number) alone.
 *  @param index   [count] sample numbers
 *  @param images  [count][channels][side_h][side_w] out
 *  @param labels  [count] out
 */
void skel_view_fill(const skel_view *view, const skel_samples *samples, size_t count,
                    const uint32_t index[], uint32_t epoch, float images[], uint16_t labels[]);

#endif
