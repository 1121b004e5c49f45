/** Tables of spectra: a line each. */
#ifndef SKEL_CLI_SPECTRA_PRINT_H
#define SKEL_CLI_SPECTRA_PRINT_H

#include "skel/probe.h"

/** Prints spectra for people.
 *
 *  Local.
 *  @param classes  of the network: so many leading eigenvectors count for "aligned"
 */
void skel_spectra_print(size_t count, const skel_probe_result results[], size_t classes);

/** Prints spectra with all digits, columns separated by tabs.
 *
 *  Local. @param classes  as of skel_spectra_print()
 */
void skel_spectra_print_tsv(size_t count, const skel_probe_result results[], size_t classes);

#endif
