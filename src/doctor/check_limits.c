/* Limits of the process that make writing fail. */
#include "checks.h"

#include "skel/text.h"

#include <sys/resource.h>

enum { FILES = 256 };

void skel_check_limits(skel_patient *patient, skel_finding *finding)
{
    struct rlimit files = {.rlim_cur = RLIM_INFINITY};
    struct rlimit bytes = {.rlim_cur = RLIM_INFINITY};
    char text[SKEL_TEXT_BYTES];

    (void)patient;
    (void)getrlimit(RLIMIT_NOFILE, &files);
    (void)getrlimit(RLIMIT_FSIZE, &bytes);
    if (bytes.rlim_cur != RLIM_INFINITY) {
        skel_text_bytes((double)bytes.rlim_cur, text);
        skel_finding_warn(finding,
                          "a run file or checkpoint that is larger ends the run with status 74: "
                          "ulimit -f unlimited",
                          "files of at most %s (ulimit -f)", text);
    } else if (files.rlim_cur < FILES) {
        skel_finding_warn(
            finding,
            "MPI and HDF5 may find no free descriptor, which ends the run with status "
            "74: ulimit -n 1024",
            "at most %llu open files (ulimit -n)", (unsigned long long)files.rlim_cur);
    } else {
        skel_finding_ok(finding, "files of any size, %llu of them open",
                        (unsigned long long)files.rlim_cur);
    }
}
