/** The libraries of all layers, and the kernels, for `skel --version` and for the provenance of a
 *  run.
 */
#ifndef SKEL_LIBRARIES_H
#define SKEL_LIBRARIES_H

enum { SKEL_LIBRARIES_TEXT = 512 }; /**< bytes that skel_libraries_text() needs */

/** Names every library that is in use: "Open MPI 4.1.4, HDF5 1.10.8, oneDNN 2.6.3, ...".
 *
 *  Local. May be called before MPI is started.
 */
void skel_libraries_text(char out[SKEL_LIBRARIES_TEXT]);

enum { SKEL_KERNELS_TEXT = 192 }; /**< bytes that skel_kernels_text() needs */

/** Names the kernels, on which the last bits of results depend: those of an instruction set, and
 *  those of a version of oneDNN on the instruction set that it takes: "avx2 and oneDNN 2.6.3 with
 *  AVX2".
 *
 *  Local.
 */
void skel_kernels_text(char out[SKEL_KERNELS_TEXT]);

#endif
