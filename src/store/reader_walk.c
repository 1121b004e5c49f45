/* A walk over all objects below a group. Each group is entered once: groups can hold themselves. */
#include "reader_internal.h"

#include "skel/memory.h"

#include <stdio.h>
#include <string.h>

/* A walk that goes on. */
typedef struct walk {
    skel_reader *reader;
    skel_reader_visit *visit;
    void *context;
    size_t met;
    haddr_t *address; /* [met] of the groups so far */
} walk;

skel_status skel_reader_join(const skel_reader *reader, const char *group, const char *name,
                             char out[SKEL_READER_PATH])
{
    int length =
        snprintf(out, SKEL_READER_PATH, "%s/%s", strcmp(group, "/") == 0 ? "" : group, name);

    if (length < 0 || length >= SKEL_READER_PATH) {
        return SKEL_FAIL(SKEL_ERR_DATA, "%s: the name of a member of %s is too long", reader->path,
                         group);
    }
    return SKEL_OK;
}

const char *skel_reader_kind_text(skel_object_kind kind)
{
    switch (kind) {
    case SKEL_OBJECT_GROUP:
        return "a group";
    case SKEL_OBJECT_DATASET:
        return "a dataset";
    case SKEL_OBJECT_LINK:
        return "a link";
    case SKEL_OBJECT_AGAIN:
        return "another name of a group";
    case SKEL_OBJECT_OTHER:
        break;
    }
    return "a named type";
}

/* What a path of the walk is. Only the last of its links can be other than hard. */
static skel_status find_kind(skel_reader *reader, const char *path, skel_object_kind *kind,
                             haddr_t *address)
{
    H5L_info_t link = {.type = H5L_TYPE_HARD};
    H5O_info_t info;
    bool ok = strcmp(path, "/") == 0 || H5Lget_info(reader->id, path, &link, reader->links) >= 0;

    *kind = SKEL_OBJECT_LINK;
    if (ok && link.type != H5L_TYPE_HARD) {
        return SKEL_OK;
    }
    if (!ok || H5Oget_info_by_name2(reader->id, path, &info, H5O_INFO_BASIC, reader->links) < 0) {
        return skel_h5_fail(SKEL_ERR_DATA, "%s: cannot open %s", reader->path, path);
    }
    *address = info.addr;
    *kind = info.type == H5O_TYPE_GROUP     ? SKEL_OBJECT_GROUP
            : info.type == H5O_TYPE_DATASET ? SKEL_OBJECT_DATASET
                                            : SKEL_OBJECT_OTHER;
    return SKEL_OK;
}

static bool was_met(const walk *going, haddr_t address)
{
    for (size_t i = 0; i < going->met; i++) {
        if (going->address[i] == address) {
            return true;
        }
    }
    return false;
}

static skel_status remember(walk *going, haddr_t address)
{
    skel_status status = SKEL_GROW(going->met + 1, sizeof *going->address, &going->address);

    if (status == SKEL_OK) {
        going->address[going->met++] = address;
    }
    return status;
}

/* Recursive: as deep as groups are nested, which the length of a path bounds. */
static skel_status step(walk *going, const char *path)
{
    char member[SKEL_READER_PATH];
    haddr_t address = HADDR_UNDEF;
    skel_object_kind kind = SKEL_OBJECT_OTHER;
    size_t count = 0;
    char **names = NULL;
    skel_status status = SKEL_OK;

    SKEL_TRY(find_kind(going->reader, path, &kind, &address));
    if (kind == SKEL_OBJECT_GROUP && was_met(going, address)) {
        kind = SKEL_OBJECT_AGAIN;
    }
    SKEL_TRY(going->visit(going->reader, path, kind, going->context));
    if (kind != SKEL_OBJECT_GROUP) {
        return SKEL_OK;
    }
    SKEL_TRY(remember(going, address));
    SKEL_TRY(skel_reader_list(going->reader, path, &count, &names));
    for (size_t i = 0; i < count; i++) {
        SKEL_TRY(skel_reader_join(going->reader, path, names[i], member));
        SKEL_TRY(step(going, member));
    }
done:
    skel_reader_free_names(count, &names);
    return status;
}

skel_status skel_reader_walk(skel_reader *reader, const char *start, skel_reader_visit *visit,
                             void *context)
{
    walk going = {.reader = reader, .visit = visit, .context = context};
    skel_status status = step(&going, start);

    SKEL_FREE(&going.address);
    return status;
}
