/** A network's description in a file, for the peer: analysis/network_torch.py has its form. */
#ifndef SKEL_BENCH_DESCRIBED_H
#define SKEL_BENCH_DESCRIBED_H

#include "skel/bench.h"
#include "skel/network.h"

enum { SKEL_DESCRIBED_PATH = 96 }; /**< bytes of the file's path */

/** The network as a word of a request: the path of its description, which is written to a new file
 *  in TMPDIR or /tmp.
 *
 *  Local. It is the network's name if there is no peer, or if the file cannot be written: the peer
 *  may know the network by its name.
 *  @param path  out: of the file, which skel_described_remove() removes; "" if there is none
 */
const char *skel_described_for(const skel_bench *bench, const skel_network *network,
                               char path[SKEL_DESCRIBED_PATH]);

/** Removes the file, if there is one.
 *
 *  Local.
 */
void skel_described_remove(const char path[SKEL_DESCRIBED_PATH]);

#endif
