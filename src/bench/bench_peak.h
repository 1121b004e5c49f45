/** The processor's arithmetic peak. */
#ifndef SKEL_BENCH_PEAK_H
#define SKEL_BENCH_PEAK_H

/** Measures the rate of multiply-adds in registers, on one thread, in about 20 ms.
 *
 *  Local. Unit: floating-point operations a second, two a multiply-add, with the widest vectors of
 *  the instruction set that the program is compiled for.
 */
double skel_peak_measure(void);

#endif
