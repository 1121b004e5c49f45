/* Samples of cases. */
#include "sample.h"

#include "rig.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif !defined SANITIZED
#define SANITIZED 0
#endif

bool skel_sample_takes(size_t number, size_t parts)
{
    const char *text = getenv("SKEL_SAMPLE");
    unsigned long chosen = 0;
    char *end = NULL;

    if (text == NULL || *text == '\0' || strcmp(text, "all") == 0) {
        return true;
    }
    errno = 0;
    chosen = strtoul(text, &end, 10);
    ck_assert_msg(errno == 0 && end != text && *end == '\0', "SKEL_SAMPLE is \"%s\", no number",
                  text);
    return (number + chosen % parts + skel_rig_runs_again()) % parts == 0;
}

size_t skel_sample_parts(void)
{
    if (SANITIZED) {
        return 4;
    }
    return skel_rig_runs_again() ? 2 : 1;
}

size_t skel_sample_from(size_t number)
{
    while (!skel_sample_takes(number, skel_sample_parts())) {
        number++;
    }
    return number;
}
