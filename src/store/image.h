/** Memory that HDF5 writes a new file to, instead of a disk.
 *
 *  HDF5 may crash or wait for ever if one of its writes fails. A write to memory does not fail, and
 *  skel writes the memory to the disk itself. Large datasets are not in the memory: HDF5 only gives
 *  them a place in the file, and the ranks write them there.
 */
#ifndef SKEL_STORE_IMAGE_H
#define SKEL_STORE_IMAGE_H

#include "h5.h"

/** The memory. Opaque. */
typedef struct skel_image skel_image;

/** Makes an empty memory.
 *
 *  Local. `*out` is *owned*: skel_image_destroy() it after its file was closed.
 *  Errors: SKEL_ERR_MEMORY.
 */
SKEL_CHECKED skel_status skel_image_create(skel_image **out);

/** Frees the memory; accepts NULL and nulls the pointer.
 *
 *  Local.
 */
void skel_image_destroy(skel_image **image);

/** Lets a file that is created with these access settings write to the memory.
 *
 *  Local. `image` is *borrowed* until the file was closed. Negative on an error.
 */
herr_t skel_image_attach(skel_image *image, hid_t access);

/** Bytes of the file so far, large datasets included.
 *
 *  Local.
 */
uint64_t skel_image_bytes(const skel_image *image);

/** Whether the memory holds all that HDF5 has written.
 *
 *  Local.
 *  Errors: SKEL_ERR_MEMORY if a part found no room. HDF5 is not told, because it could crash.
 */
SKEL_CHECKED skel_status skel_image_check(const skel_image *image);

/** Writes the content to a file; bytes that HDF5 did not write are left alone.
 *
 *  Local.
 *  @param name  of the file in messages
 *  Errors: as skel_disk_write().
 */
SKEL_CHECKED skel_status skel_image_write(const skel_image *image, int descriptor,
                                          const char *name);

#endif
