/* The site file, and the scratch folder that it names. */
#include "checks.h"

#include "skel/site.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void skel_check_site(skel_patient *patient, skel_finding *finding)
{
    skel_site site;

    if (!skel_comm_is_root(patient->comm)) {
        skel_finding_ok(finding, "looked at by rank 0");
        return;
    }
    if (skel_site_read(&site) != SKEL_OK) {
        skel_finding_fail(finding, "skel submit would end with this error: mend the file", "%s",
                          skel_error_message());
    } else if (site.file[0] == '\0') {
        skel_finding_ok(finding, "none (~/.config/skel/site.yaml): skel submit takes its own "
                                 "defaults");
    } else if (site.scratch[0] != '\0' && access(site.scratch, W_OK) != 0) {
        skel_finding_warn(
            finding, "skel submit would write there: make the folder, or give skel submit --out",
            "%.200s: scratch: %.200s: %s", site.file, site.scratch, strerror(errno));
    } else {
        skel_finding_ok(finding, "%.200s: launcher %s%s%s", site.file,
                        site.launcher[0] != '\0' ? site.launcher : "srun",
                        site.scratch[0] != '\0' ? ", scratch " : "", site.scratch);
    }
}
