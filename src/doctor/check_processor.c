/* The processor's instruction set: the same on all ranks, and not capped unawares. */
#include "checks.h"

#include "skel/isa.h"

#include <stdio.h>
#include <string.h>

enum { MODEL = 96 };

/* The processor's name; "" where Linux does not tell it. */
static void read_model(char out[MODEL])
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "re");

    out[0] = '\0';
    while (file != NULL && out[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL) {
            line[strcspn(line, "\n")] = '\0';
            (void)snprintf(out, MODEL, "%.90s: ", strchr(line, ':') + 2);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

/* The best that the processor has, whatever SKEL_MAX_ISA allows. */
static skel_isa best_there(void)
{
    skel_isa isa = SKEL_ISAS - 1;

    while (isa > SKEL_ISA_BASELINE && !skel_isa_is_there(isa)) {
        isa--;
    }
    return isa;
}

void skel_check_processor(skel_patient *patient, skel_finding *finding)
{
    skel_isa root = skel_isa_best();
    char text[SKEL_ISA_TEXT];
    char model[MODEL];

    skel_comm_broadcast(patient->comm, sizeof root, &root);
    skel_isa_text(text);
    read_model(model);
    if (root != skel_isa_best()) {
        skel_finding_fail(
            finding,
            "skel run refuses this, because results depend on the instruction set: set "
            "SKEL_MAX_ISA on all hosts to what all of them have",
            "%skernels for %s, but rank 0 uses %s", model, text, skel_isa_name(root));
    } else if (skel_isa_best() < best_there()) {
        skel_finding_warn(finding, "unset SKEL_MAX_ISA, unless other hosts of the run have no more",
                          "%skernels for %s", model, text);
    } else if (SKEL_ISA_X86 != 0 && skel_isa_best() == SKEL_ISA_BASELINE) {
        skel_finding_warn(finding, "kernels for AVX2 are several times faster: use other hosts",
                          "%skernels for %s, because the processor has nothing better", model,
                          text);
    } else {
        skel_finding_ok(finding, "%skernels for %s", model, text);
    }
}
