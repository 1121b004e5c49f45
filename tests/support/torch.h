/** Fixtures that tests/reference/make_fixture.py has written: numbers by PyTorch. */
#ifndef SKEL_TESTS_TORCH_H
#define SKEL_TESTS_TORCH_H

#include "rig.h"

#include <stdio.h>

/** Opens a file of tests/reference. Fails the test if it cannot. *Owned*. */
FILE *skel_torch_open(const char *name);

/** make_fixture.py's uniform() of a tensor, less 1/2, times a scale, around an offset. */
void skel_torch_uniform(uint32_t tensor, size_t count, double scale, double offset, float out[]);

/** Gives a rig make_fixture.py's parameters, which are the tensors from `first` on. */
void skel_torch_fill(skel_rig *rig, uint32_t first);

/** Reads the next record, which must have that name and size. */
void skel_torch_record(FILE *file, const char *name, size_t count, float values[]);

#endif
