/* The functions of the header, for compilers that do not put them in place. */
#include "skel/sizes.h"

extern inline size_t skel_lesser(size_t a, size_t b);
extern inline size_t skel_greater(size_t a, size_t b);
