/** Sheets of images as a network sees them, to look at: a PNG file. */
#ifndef SKEL_CONTACT_SHEET_H
#define SKEL_CONTACT_SHEET_H

#include "skel/view.h"

/** What a sheet shows. Plain data. */
typedef struct skel_contact_sheet {
    const skel_view *plain; /**< of the first column */
    const skel_view
        *augmented; /**< of the other columns, epochs 0, 1, ...; of the plain view's size */
    const skel_samples *samples;
    size_t rows;    /**< samples, from all over the part; at most its number */
    size_t columns; /**< at least 1 */
} skel_contact_sheet;

/** Draws a sheet.
 *
 *  Local. Bytes are shown as they were before normalisation; floats so that the smallest value of
 *  the sheet is black and the largest one white. Of more than three channels the first three are
 *  red, green and blue; of two, the first is grey. Small images are enlarged by a whole factor.
 *  Errors: as skel_view_fill(); SKEL_ERR_IO if the file cannot be written; SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_contact_sheet_write(const skel_contact_sheet *sheet,
                                                  const char *path);

#endif
