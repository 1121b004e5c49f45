/* The processor's instruction sets, and the user's limit to them. */
#include "skel/isa.h"

#include "skel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[SKEL_ISAS] = {"baseline", "avx2", "avx512"};

const char *skel_isa_name(skel_isa isa)
{
    return names[isa];
}

bool skel_isa_is_there(skel_isa isa)
{
#if SKEL_ISA_X86
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");

    if (isa == SKEL_ISA_AVX2) {
        return avx2;
    }
    if (isa == SKEL_ISA_AVX512) {
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    }
#endif
    return isa == SKEL_ISA_BASELINE;
}

static skel_isa best_there(void)
{
    skel_isa best = SKEL_ISA_BASELINE;

    for (skel_isa isa = SKEL_ISA_BASELINE; isa < SKEL_ISAS; isa++) {
        best = skel_isa_is_there(isa) ? isa : best;
    }
    return best;
}

/* The instruction set of a name; SKEL_ISAS if there is none of that name. */
static skel_isa isa_of(const char *name)
{
    skel_isa isa = SKEL_ISA_BASELINE;

    while (isa < SKEL_ISAS && strcmp(names[isa], name) != 0) {
        isa++;
    }
    return isa;
}

static skel_status refuse_word(const char *word)
{
    const char *nearest = skel_text_nearest(word, SKEL_ISAS, names);

    if (nearest != NULL) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "SKEL_MAX_ISA=%s: not an instruction set; did you mean %s?", word,
                         nearest);
    }
    return SKEL_FAIL(SKEL_ERR_USAGE,
                     "SKEL_MAX_ISA=%s: not an instruction set; there are %s, %s and %s", word,
                     names[SKEL_ISA_BASELINE], names[SKEL_ISA_AVX2], names[SKEL_ISA_AVX512]);
}

skel_status skel_isa_check(void)
{
    const char *limit = getenv("SKEL_MAX_ISA");
    skel_isa isa = limit == NULL ? SKEL_ISA_BASELINE : isa_of(limit);

    if (isa == SKEL_ISAS) {
        return refuse_word(limit);
    }
    if (!skel_isa_is_there(isa)) {
        return SKEL_FAIL(SKEL_ERR_USAGE, "SKEL_MAX_ISA=%s: this processor has at most %s", limit,
                         names[best_there()]);
    }
    return SKEL_OK;
}

skel_isa skel_isa_best(void)
{
    const char *limit = getenv("SKEL_MAX_ISA");
    skel_isa isa = limit == NULL ? SKEL_ISAS : isa_of(limit);

    return isa < SKEL_ISAS && skel_isa_is_there(isa) ? isa : best_there();
}

void skel_isa_text(char out[SKEL_ISA_TEXT])
{
    skel_isa best = skel_isa_best();

    if (best == best_there()) {
        (void)snprintf(out, SKEL_ISA_TEXT, "%s", names[best]);
    } else {
        (void)snprintf(out, SKEL_ISA_TEXT, "%s (SKEL_MAX_ISA; the processor has %s)", names[best],
                       names[best_there()]);
    }
}

void skel_isa_processor(char out[SKEL_ISA_PROCESSOR])
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");

    out[0] = '\0';
    while (file != NULL && out[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');

        if (strncmp(line, "model name", strlen("model name")) == 0 && colon != NULL) {
            const char *name = colon + strspn(colon, ": ");

            (void)snprintf(out, SKEL_ISA_PROCESSOR, "%.*s", (int)strcspn(name, "\t\n"), name);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}
