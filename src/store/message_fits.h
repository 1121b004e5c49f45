/** Messages of object headers that HDF5 1.10 reads without looking where they end.
 *
 *  A header of version 1 has no checksum, and a damaged message makes the library read and copy
 *  what lies behind the header that it holds in memory.
 */
#ifndef SKEL_STORE_MESSAGE_FITS_H
#define SKEL_STORE_MESSAGE_FITS_H

#include "object_header.h"

/** Whether all that HDF5 reads of a message lies within it. True for types that it does not know,
 *  and for versions that it refuses itself, when their object is opened: a file may have objects of
 *  later versions of HDF5 that nobody reads.
 *
 *  Local.
 *  Source: HDF5 File Format Specification, version 3.0, section IV.A.2.
 */
bool skel_message_fits(const skel_header_message *message);

/** What a message is, for a sentence: "a link".
 *
 *  Local. Static storage.
 */
const char *skel_message_noun(unsigned type);

#endif
