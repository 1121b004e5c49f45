/** A network's description in a file, for the peer: analysis/network_torch.py has its form. */
#ifndef SKEL_BENCH_DESCRIBED_H
#define SKEL_BENCH_DESCRIBED_H

#include "skel/network.h"

enum { SKEL_DESCRIBED_PATH = 96 }; /**< bytes of the file's path */

/** Writes the description to a new file in TMPDIR, or /tmp.
 *
 *  Local.
 *  @param path  out: of the file, which skel_described_remove() removes; "" on an error
 *  Errors: SKEL_ERR_IO.
 */
SKEL_CHECKED skel_status skel_described_write(const skel_network *network,
                                              char path[SKEL_DESCRIBED_PATH]);

/** Removes the file, if there is one.
 *
 *  Local.
 */
void skel_described_remove(const char path[SKEL_DESCRIBED_PATH]);

#endif
