/** HDF5's way to the bytes of a file that is read. */
#ifndef SKEL_STORE_READ_DRIVER_H
#define SKEL_STORE_READ_DRIVER_H

#include <hdf5.h>

/** Registers a driver that reads as HDF5's own one, but that refuses damaged global heaps.
 *
 *  Local. Texts of variable length lie in global heaps, which have no checksum; HDF5 1.10 never
 *  comes to the end of a heap that has an object of 0 bytes.
 *  @return the driver, *owned*: H5FDunregister() it when the file is closed; below 0 after
 *          an error
 */
hid_t skel_read_driver_register(void);

#endif
