/* Unpacking by protobuf-c, which recurses as deep as messages are nested and allocates whatever
 * they ask for: so the bytes are walked first, along the descriptors of the messages. */
#include "onnx_wire.h"

#include "skel/memory.h"

enum {
    DEEPEST = 24,   /* levels of messages in messages; a graph without subgraphs has 7 */
    PER_FIELD = 48, /* bytes that unpacking one field takes besides its content */
    PER_BYTE = 8,   /* bytes of memory for a byte of the file: a packed varint */
    BASE = 64 * 1024 * 1024,
    WIRE_VARINT = 0,
    WIRE_64 = 1,
    WIRE_BYTES = 2,
    WIRE_32 = 5,
};

/* A walk over the bytes of a message. */
typedef struct wire_walk {
    const uint8_t *at;
    const uint8_t *end;
    size_t depth;
    size_t cost; /* bytes of memory */
} wire_walk;

static bool read_varint(wire_walk *walk, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 64 && walk->at < walk->end; shift += 7) {
        uint8_t byte = *walk->at++;

        *out |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            return true;
        }
    }
    return false;
}

static bool skip(wire_walk *walk, uint64_t bytes)
{
    if (bytes > (uint64_t)(walk->end - walk->at)) {
        return false;
    }
    walk->at += bytes;
    return true;
}

static bool walk_message(wire_walk *walk, const ProtobufCMessageDescriptor *message);

/* A field of counted bytes: a message, a text, or packed numbers. */
static bool walk_bytes(wire_walk *walk, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *end = walk->end;
    uint64_t length = 0;
    bool sound = false;

    if (!read_varint(walk, &length) || length > (uint64_t)(walk->end - walk->at)) {
        return false;
    }
    if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE) {
        bool whole = field == NULL || field->type == PROTOBUF_C_TYPE_BYTES ||
                     field->type == PROTOBUF_C_TYPE_STRING;

        walk->cost += length * (whole ? 1 : PER_BYTE);
        return skip(walk, length);
    }
    walk->end = walk->at + length;
    walk->depth++;
    sound = walk->depth <= DEEPEST && walk_message(walk, field->descriptor);
    walk->depth--;
    walk->end = end;
    return sound;
}

/* All fields up to the end. */
static bool walk_message(wire_walk *walk, const ProtobufCMessageDescriptor *message)
{
    bool sound = true;

    walk->cost += message->sizeof_message;
    while (sound && walk->at < walk->end) {
        const ProtobufCFieldDescriptor *field = NULL;
        uint64_t tag = 0;

        sound = read_varint(walk, &tag) && tag >> 3 > 0 && tag >> 3 <= UINT32_MAX;
        if (!sound) {
            break;
        }
        walk->cost += PER_FIELD;
        field = protobuf_c_message_descriptor_get_field(message, (unsigned)(tag >> 3));
        switch (tag & 7) {
        case WIRE_VARINT:
            sound = read_varint(walk, &tag);
            break;
        case WIRE_64:
            sound = skip(walk, 8);
            break;
        case WIRE_32:
            sound = skip(walk, 4);
            break;
        case WIRE_BYTES:
            sound = walk_bytes(walk, field);
            break;
        default:
            sound = false;
        }
    }
    return sound;
}

static void *allocate(void *unused, size_t size)
{
    void *block = NULL;

    (void)unused;
    return skel_alloc_raw(1, size, &block) == SKEL_OK ? block : NULL;
}

static void release(void *unused, void *block)
{
    (void)unused;
    skel_free(&block);
}

static ProtobufCAllocator allocator = {.alloc = allocate, .free = release};

skel_status skel_onnx_wire_unpack(const char *origin, size_t bytes, const uint8_t data[],
                                  Onnx__ModelProto **out)
{
    wire_walk walk = {.at = data, .end = data + bytes};

    *out = NULL;
    if (!walk_message(&walk, &onnx__model_proto__descriptor)) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is not an ONNX model, or it is cut off: its bytes are no Protocol "
                         "Buffers message of a model from byte %zu on",
                         origin, (size_t)(walk.at - data));
    }
    if (walk.cost > BASE + PER_BYTE * bytes) {
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is no sound ONNX model: its %zu bytes would become %zu bytes of empty "
                         "messages in memory",
                         origin, bytes, walk.cost);
    }
    *out = onnx__model_proto__unpack(&allocator, bytes, data);
    if (*out == NULL || (*out)->graph == NULL) {
        skel_onnx_wire_free(out);
        return SKEL_FAIL(SKEL_ERR_DATA,
                         "%s is not an ONNX model: it has no graph, or its messages miss fields "
                         "that they must have",
                         origin);
    }
    return SKEL_OK;
}

void skel_onnx_wire_free(Onnx__ModelProto **model)
{
    if (*model != NULL) {
        onnx__model_proto__free_unpacked(*model, &allocator);
        *model = NULL;
    }
}
