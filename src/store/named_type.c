/* The header of a named type has one message with the type. */
#include "named_type.h"

#include "little_endian.h"
#include "object_header.h"

#include "skel/memory.h"

#include <string.h>

enum { TYPE = 0x03, ADDRESS = 8, IN_TABLE = 1 };

bool skel_named_type_address(size_t size, const uint8_t content[], uint64_t *address)
{
    const unsigned version = size > 0 ? content[0] : 0;
    const size_t at = version == 1 ? 8 + ADDRESS : 2; /* version 1 has a heap's address before */

    if (version < 1 || version > 3 || size < at + ADDRESS ||
        (version == 3 && content[1] == IN_TABLE)) {
        return false;
    }
    *address = skel_little_endian(content + at, ADDRESS);
    return true;
}

/* What is found. */
typedef struct finding {
    size_t bytes;
    uint8_t *type; /* [bytes]; NULL: there is none, or the first one leads elsewhere */
    bool has_one;
} finding;

static skel_status visit(void *context, const skel_header_message *message)
{
    finding *to = context;
    skel_status status = SKEL_OK;

    if (message->type != TYPE || to->has_one) { /* HDF5 takes the first one, too */
        return SKEL_OK;
    }
    to->has_one = true;
    if (!message->is_shared && message->size <= message->rest && message->size > 0) {
        SKEL_TRY(SKEL_ALLOC_RAW(message->size, 1, &to->type));
        memcpy(to->type, message->content, message->size);
        to->bytes = message->size;
    }
done:
    return status;
}

skel_status skel_named_type_read(skel_blocks *file, uint64_t address, size_t *bytes, uint8_t **out)
{
    finding found = {.bytes = 0};
    skel_status status = SKEL_OK;

    *out = NULL;
    *bytes = 0;
    SKEL_TRY(skel_object_header_read(file, address, visit, &found));
    if (found.type == NULL) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s is damaged: there is no type at byte %llu",
                           file->path, (unsigned long long)(file->base + address)));
    }
    *bytes = found.bytes;
    *out = found.type;
    found.type = NULL;
done:
    SKEL_FREE(&found.type);
    return status;
}
