/** Images as the network sees them: padded, augmented, normalised. */
#ifndef SKEL_VIEW_H
#define SKEL_VIEW_H

#include "skel/dataset.h"

typedef enum skel_augment {
    SKEL_AUGMENT_NONE,
    SKEL_AUGMENT_STANDARD,  /**< pad 4 on each side and crop at random; flip with probability 1/2 */
    SKEL_AUGMENT_CROP_FLIP, /**< the same with a padding of one's own */
    SKEL_AUGMENT_RANDOM_RESIZED_CROP, /**< a random window, resized; flip with probability 1/2 */
    SKEL_AUGMENT_CUTOUT,              /**< crop and flip, then a square of 0 at a random place */
} skel_augment;

/** How images are augmented. Plain data. */
typedef struct skel_augmentation {
    skel_augment kind;
    size_t padding;  /**< pixels on each side: of crop-flip and cutout */
    double scale[2]; /**< least and largest share of the image's area that a window has */
    double ratio[2]; /**< least and largest width / height of a window */
    size_t hole;     /**< side of cutout's square */
} skel_augmentation;

/** The settings by which raw images become the network's input. Plain data. */
typedef struct skel_view {
    skel_dataset_info info;
    size_t side_h; /**< height after centring in a larger square (`data.pad-to`), or the image's */
    size_t side_w;
    size_t cover; /**< shorter side to which packed images are resized before the centre is taken */
    skel_augmentation augment;
    uint64_t seed;
} skel_view;

/** Torchvision's and the papers' values of an augmentation: padding 4, scale 0.08 to 1, ratio 3/4
 *  to 4/3, a hole of 16 pixels.
 *
 *  Local. Source: DeVries and Taylor 2017 for cutout; torchvision's RandomResizedCrop.
 */
skel_augmentation skel_augmentation_usual(skel_augment kind);

/** Makes a view from its settings.
 *
 *  Local. Statistics of `info` are borrowed while the view is used.
 *  @param pad_to   side of the square in which smaller images are centred, 0 for none
 *  @param augment  with the values of skel_augmentation_usual(); a caller may set others in `out`
 *  Errors: SKEL_ERR_CONFIG if the image does not fit in the square.
 */
SKEL_CHECKED skel_status skel_view_make(const skel_dataset_info *info, size_t pad_to,
                                        skel_augment augment, uint64_t seed, skel_view *out);

/** Reads, decodes, pads, augments and normalises samples.
 *
 *  Local. Padding is black (pixel 0) before normalisation, as in torchvision. A sample's
 *  augmentation depends on (seed, epoch, its number) alone.
 *  @param index   [count] sample numbers
 *  @param images  [count][channels][side_h][side_w] out
 *  @param labels  [count] out
 *  Errors: none for bytes in memory. SKEL_ERR_IO if the file cannot be read; SKEL_ERR_DATA naming
 *          file and image for one that is damaged or has a pixel that is not a number;
 *          SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_view_fill(const skel_view *view, const skel_samples *samples,
                                        size_t count, const uint32_t index[], uint32_t epoch,
                                        float images[], uint16_t labels[]);

/** Whether filling takes so long that it is worth doing ahead: images are read from a file, or
 *  decoded, or resized.
 *
 *  Local.
 */
bool skel_view_is_slow(const skel_view *view, const skel_samples *samples);

#endif
