/* Checksums as text, through xxHash and libmd. */
#include "skel/checksum.h"

#include "skel/input.h"
#include "skel/memory.h"

#include <errno.h>
#include <md5.h>
#include <string.h>
#include <xxhash.h>

struct skel_checksum {
    XXH3_state_t *state;
};

static void write_text(XXH128_hash_t hash, char out[SKEL_CHECKSUM_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, hash);
    for (size_t i = 0; i < sizeof canonical.digest; i++) {
        out[2 * i] = digits[canonical.digest[i] >> 4];
        out[2 * i + 1] = digits[canonical.digest[i] & 15];
    }
    out[2 * sizeof canonical.digest] = '\0';
}

void skel_checksum_xxh3(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT])
{
    write_text(XXH3_128bits(block, bytes), out);
}

skel_status skel_checksum_begin(skel_checksum **out)
{
    skel_status status = SKEL_ALLOC(1, sizeof **out, out);

    if (status != SKEL_OK) {
        return status;
    }
    (*out)->state = XXH3_createState();
    if ((*out)->state == NULL || XXH3_128bits_reset((*out)->state) != XXH_OK) {
        (void)XXH3_freeState((*out)->state);
        SKEL_FREE(out);
        return SKEL_FAIL(SKEL_ERR_MEMORY, "no memory for a checksum");
    }
    return SKEL_OK;
}

void skel_checksum_add(skel_checksum *checksum, size_t bytes, const void *piece)
{
    (void)XXH3_128bits_update(checksum->state, piece, bytes);
}

void skel_checksum_end(skel_checksum **checksum, char out[SKEL_CHECKSUM_TEXT])
{
    if (*checksum != NULL) {
        write_text(XXH3_128bits_digest((*checksum)->state), out);
        (void)XXH3_freeState((*checksum)->state);
    }
    SKEL_FREE(checksum);
}

void skel_checksum_md5(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT])
{
    MD5_CTX context;

    MD5Init(&context);
    MD5Update(&context, block, bytes);
    (void)MD5End(&context, out);
}

skel_status skel_checksum_md5_file(const char *path, char out[SKEL_CHECKSUM_TEXT])
{
    skel_status status = skel_input_look(path, NULL);

    if (status != SKEL_OK) {
        return status;
    }
    if (MD5File(path, out) == NULL) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", path, strerror(errno));
    }
    return SKEL_OK;
}
