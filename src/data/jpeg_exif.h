/** EXIF's orientation in a marker of a JPEG file. */
#ifndef SKEL_DATA_JPEG_EXIF_H
#define SKEL_DATA_JPEG_EXIF_H

#include <stddef.h>
#include <stdint.h>

/** The orientation that an APP1 marker holds: 1 to 8; 0 if it holds none.
 *
 *  Local. Source: EXIF 2.3, sections 4.5 and 4.6: a TIFF header, and tag 0x0112 of its first
 *  directory.
 */
int skel_jpeg_exif_orientation(size_t bytes, const uint8_t data[]);

#endif
