/** The networks of the zoo, small enough for tests that go through all of them. */
#ifndef SKEL_TESTS_ZOO_H
#define SKEL_TESTS_ZOO_H

#include "skel/network.h"

/** A small width that the model can have. */
size_t skel_zoo_width(const char *name);

/** A small image that the model can have, of which every tap of every window sees a pixel. */
skel_tensor skel_zoo_image(const char *name);

/** Builds it with these and ten classes. Fails the test on an error. *Owned*. */
skel_network *skel_zoo_network(const char *name);

#endif
