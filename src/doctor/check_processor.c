/* The processor's instruction set: the same on all ranks, and not capped unawares. */
#include "checks.h"

#include "skel/isa.h"

#include <stdio.h>

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
    char processor[SKEL_ISA_PROCESSOR];
    char model[SKEL_ISA_PROCESSOR + 2] = "";

    skel_comm_broadcast(patient->comm, sizeof root, &root);
    skel_isa_text(text);
    skel_isa_processor(processor);
    if (processor[0] != '\0') {
        (void)snprintf(model, sizeof model, "%s: ", processor);
    }
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
