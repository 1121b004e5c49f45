/* Spectra as tables, for skel spectrum and skel inspect. */
#include "spectra_print.h"

#include <math.h>
#include <stdio.h>

static double aligned(const skel_spectrum *spectrum, size_t classes)
{
    size_t last = classes < spectrum->count ? classes : spectrum->count;

    return spectrum->alignment != NULL ? spectrum->alignment[last - 1] : (double)NAN;
}

void skel_spectra_print(size_t count, const skel_probe_result results[], size_t classes)
{
    printf("%-13s %-8s %-28s %9s %6s %6s %11s %11s %11s %9s %7s %8s\n", "of", "mask", "layer",
           "kept", "values", "rank", "trace", "largest", "condition", "eff. rank", "gap",
           "aligned");
    for (size_t i = 0; i < count; i++) {
        const skel_probe_result *it = &results[i];
        const skel_spectrum *spectrum = &it->spectrum;
        char share[16] = "-";

        if (spectrum->alignment != NULL) {
            (void)snprintf(share, sizeof share, "%.4f", aligned(spectrum, classes));
        }
        printf("%-13s %-8s %-28s %9zu %6zu %6zu %11.4g %11.4g %11.4g %9.4g %7.4f %8s\n",
               skel_probe_kind_word(it->kind), skel_probe_control_word(it->control),
               it->layer[0] != '\0' ? it->layer : "-", it->kept, spectrum->count, spectrum->rank,
               spectrum->trace, spectrum->values[0], spectrum->condition, spectrum->effective_rank,
               spectrum->gap, share);
    }
}

void skel_spectra_print_tsv(size_t count, const skel_probe_result results[], size_t classes)
{
    printf("of\tmask\tlayer\tkept\tvalues\trank\ttrace\tlargest\tcondition\teffective_rank\t"
           "gap\taligned\n");
    for (size_t i = 0; i < count; i++) {
        const skel_probe_result *it = &results[i];
        const skel_spectrum *spectrum = &it->spectrum;

        printf("%s\t%s\t%s\t%zu\t%zu\t%zu\t%.17g\t%.17g\t%.17g\t%.17g\t%.17g\t%.17g\n",
               skel_probe_kind_word(it->kind), skel_probe_control_word(it->control), it->layer,
               it->kept, spectrum->count, spectrum->rank, spectrum->trace, spectrum->values[0],
               spectrum->condition, spectrum->effective_rank, spectrum->gap,
               aligned(spectrum, classes));
    }
}
