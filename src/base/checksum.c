/* Checksums as text, through xxHash and libmd. */
#include "skel/checksum.h"

#include "skel/input.h"

#include <errno.h>
#include <md5.h>
#include <stdint.h>
#include <string.h>
#include <xxhash.h>

void skel_checksum_xxh3(size_t bytes, const void *block, char out[SKEL_CHECKSUM_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits(block, bytes));
    for (size_t i = 0; i < sizeof canonical.digest; i++) {
        out[2 * i] = digits[canonical.digest[i] >> 4];
        out[2 * i + 1] = digits[canonical.digest[i] & 15];
    }
    out[2 * sizeof canonical.digest] = '\0';
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
