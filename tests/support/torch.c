/* Numbers that PyTorch has computed, and those that it was given. */
#include "torch.h"

#include "suite.h"

#include <math.h>
#include <string.h>

FILE *skel_torch_open(const char *name)
{
    char path[512];
    FILE *file = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", SKEL_TEST_SOURCE_DIR "/reference", name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", path);
    return file;
}

void skel_torch_uniform(uint32_t tensor, size_t count, double scale, double offset, float out[])
{
    for (size_t i = 0; i < count; i++) {
        uint32_t h = (uint32_t)i * 2654435761U + tensor * 2246822519U;

        h ^= h >> 16;
        h *= 2246822519U;
        h ^= h >> 13;
        h *= 3266489917U;
        h ^= h >> 16;
        out[i] = (float)(offset + scale * ((double)(h >> 8) / 16777216.0 - 0.5));
    }
}

void skel_torch_fill(skel_rig *rig, uint32_t first)
{
    for (size_t i = 0; i < rig->network->parameters; i++) {
        const skel_parameter *p = &rig->network->parameter[i];
        size_t fan_in = p->count / p->shape[0];
        bool is_scale = strstr(p->name, ".weight") != NULL;

        skel_torch_uniform(first + (uint32_t)i, p->count,
                           p->prunable ? 2 * sqrt(6 / (double)fan_in) : 0.5,
                           is_scale && !p->prunable ? 1 : 0, rig->parameters + p->offset);
    }
}

void skel_torch_record(FILE *file, const char *name, size_t count, float values[])
{
    char found[64];
    uint64_t size = 0;

    ck_assert_uint_eq(fread(found, sizeof found, 1, file), 1);
    ck_assert_uint_eq(fread(&size, sizeof size, 1, file), 1);
    ck_assert_str_eq(found, name);
    ck_assert_uint_eq(size, count);
    ck_assert_uint_eq(fread(values, sizeof *values, count, file), count);
}
