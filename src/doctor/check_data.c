/* Data sets: which ones are there, on every host, and whether their checksums are the published
 * ones. */
#include "checks.h"

#include "skel/fetch.h"

#include <stdint.h>
#include <stdio.h>

/* A bit for each data set that this rank sees. */
static uint64_t there(size_t count, const char *const names[])
{
    uint64_t bits = 0;

    for (size_t i = 0; i < count && i < 64; i++) {
        bits |= (uint64_t)skel_fetch_is_there(names[i], NULL) << i;
    }
    return bits;
}

/* Names of some data sets: "fashion-mnist, cifar10". */
static void list(size_t count, const char *const names[], uint64_t bits, size_t size, char out[])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < count && i < 64 && used < size; i++) {
        if ((bits >> i & 1) != 0) {
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", names[i]);
        }
    }
}

/* The first rank of each host reads them. */
static skel_status verify(size_t count, const char *const names[], uint64_t bits)
{
    skel_status status = SKEL_OK;

    for (size_t i = 0; i < count && i < 64 && status == SKEL_OK; i++) {
        if ((bits >> i & 1) != 0) {
            status = skel_fetch_verify(names[i], NULL);
        }
    }
    return status;
}

void skel_check_data(skel_patient *patient, skel_finding *finding)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);
    uint64_t bits = there(count, names);
    uint64_t roots = bits;
    char found[256];
    char missing[256];

    skel_comm_broadcast(patient->comm, sizeof roots, &roots);
    list(count, names, bits, sizeof found, found);
    list(count, names, roots & ~bits, sizeof missing, missing);
    if ((roots & ~bits) != 0) {
        skel_finding_fail(
            finding,
            "skel run needs them on every host: set SKEL_DATA, or data.dir in the job, "
            "to a folder that all hosts share",
            "rank 0 sees %s, which this rank does not", missing);
    } else if (patient->place == 0 && verify(count, names, bits) != SKEL_OK) {
        skel_finding_fail(finding,
                          "skel run refuses it: remove the file, and fetch the data set with `skel "
                          "data NAME`",
                          "%s", skel_error_message());
    } else if (bits == 0) {
        skel_finding_warn(finding, "fetch one with `skel data NAME`; `skel data` lists the names",
                          "none in the default folders");
    } else {
        skel_finding_ok(finding, "verified: %s", found);
    }
}
