/* Another machine's libraries, for test_other_initial.sh: this library is preloaded, and a function
 * of libm or LAPACK gives other last bits. OTHER_BITS is its name: cos or dgeqrt. */
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int is_other(const char *name)
{
    const char *wanted = getenv("OTHER_BITS");

    return wanted != NULL && strcmp(wanted, name) == 0;
}

/* The next function of that name; a pointer to an object is none to a function in ISO C. */
static void next(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    memcpy(function, &found, sizeof found);
}

double cos(double angle)
{
    static double (*real)(double);

    if (real == NULL) {
        next("cos", &real);
    }
    return is_other("cos") ? real(angle) * (1 + 0x1p-23) : real(angle);
}

/* Other vectors, by less than skel lets a factorisation lose. */
void dgeqrt_(const int *rows, const int *columns, const int *block, double a[], const int *leading,
             double t[], const int *leading_t, double work[], int *info)
{
    static void (*real)(const int *, const int *, const int *, double *, const int *, double *,
                        const int *, double *, int *);

    if (real == NULL) {
        next("dgeqrt_", &real);
    }
    for (int j = 0; is_other("dgeqrt") && j < *columns; j++) {
        for (int i = j % 2; i < *rows; i += 2) {
            a[i + (size_t)j * (size_t)*leading] *= 1 + 0x1p-40;
        }
    }
    real(rows, columns, block, a, leading, t, leading_t, work, info);
}
