/** HDF5's type of texts of variable length. */
#ifndef SKEL_TEST_TEXT_TYPE_H
#define SKEL_TEST_TEXT_TYPE_H

#include <hdf5.h>

/** A text of any length; H5Tclose() it.
 *
 *  Local.
 */
hid_t skel_text_type(void);

#endif
