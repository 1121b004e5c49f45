/* A list of images that grows on the root, and is copied to every rank. */
#include "image_list.h"

#include "skel/memory.h"
#include "skel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more of what there are `count` of. */
static skel_status make_room(size_t count, size_t size, size_t *room, void **block)
{
    size_t more = count < *room ? *room : 2 * (count + 8);
    skel_status status = SKEL_OK;

    if (more != *room) {
        status = skel_grow(more, size, block);
        *room = status == SKEL_OK ? more : *room;
    }
    return status;
}

skel_status skel_image_list_text(skel_image_list *list, const char *text, size_t *at)
{
    size_t bytes = strlen(text) + 1;
    size_t more = list->text_room;
    skel_status status = SKEL_OK;

    if (list->text_bytes + bytes > more) {
        more = 2 * (list->text_bytes + bytes);
        SKEL_TRY(SKEL_GROW(more, 1, &list->text));
        list->text_room = more;
    }
    *at = list->text_bytes;
    memcpy(list->text + list->text_bytes, text, bytes);
    list->text_bytes += bytes;
done:
    return status;
}

skel_status skel_image_list_class(skel_image_list *list, const char *name)
{
    char shown[SKEL_IMAGE_LIST_SHOWN];
    size_t at = 0;
    skel_status status = SKEL_OK;

    skel_image_list_show(name, shown);
    if (!skel_utf8_is(name)) {
        return SKEL_FAIL(SKEL_ERR_DATA, "the class %s: its name is not UTF-8; rename the folder",
                         shown);
    }
    if (list->classes == SKEL_DATA_LAYOUT_CLASSES) {
        return SKEL_FAIL(SKEL_ERR_DATA, "more than %d classes; the file holds at most as many",
                         SKEL_DATA_LAYOUT_CLASSES);
    }
    SKEL_TRY(skel_image_list_text(list, name, &at));
    SKEL_TRY(make_room(list->classes, sizeof *list->name, &list->name_room,
                       (void **)(void *)&list->name));
    list->name[list->classes] = at;
    list->classes++;
done:
    return status;
}

/* A name that is looked for in a list. */
typedef struct wanted_name {
    const skel_image_list *list;
    const char *name;
} wanted_name;

static int by_name(const void *key, const void *element)
{
    const wanted_name *wanted = key;
    const size_t *at = element;

    return strcmp(wanted->name, wanted->list->text + *at);
}

bool skel_image_list_find(const skel_image_list *list, const char *name, uint32_t *label)
{
    const wanted_name wanted = {list, name};
    const size_t *found =
        list->classes > 0 ? bsearch(&wanted, list->name, list->classes, sizeof *list->name, by_name)
                          : NULL;

    if (found == NULL) {
        return false;
    }
    *label = (uint32_t)(found - list->name);
    return true;
}

skel_status skel_image_list_add(skel_image_list *list, skel_data_layout_half half, size_t path,
                                int32_t record, uint32_t label)
{
    skel_status status =
        make_room(list->count, sizeof *list->item, &list->room, (void **)(void *)&list->item);

    for (size_t later = (size_t)half + 1; later < SKEL_DATA_LAYOUT_HALVES; later++) {
        SKEL_ASSERT(list->in_half[later] == 0);
    }
    if (status == SKEL_OK) {
        list->item[list->count] = (skel_image_item){path, record, label};
        list->count++;
        list->in_half[half]++;
    }
    return status;
}

skel_status skel_image_list_share(const skel_comm *comm, skel_image_list *list)
{
    skel_image_list all = *list;
    skel_status status = SKEL_OK;

    skel_comm_broadcast(comm, sizeof all, &all);
    if (!skel_comm_is_root(comm)) {
        *list = all;
        list->item = NULL;
        list->name = NULL;
        list->text = NULL;
        list->room = all.count;
        list->name_room = all.classes;
        list->text_room = all.text_bytes;
        status = SKEL_ALLOC(all.count, sizeof *list->item, &list->item);
        if (status == SKEL_OK) {
            status = SKEL_ALLOC(all.classes, sizeof *list->name, &list->name);
        }
        if (status == SKEL_OK) {
            status = SKEL_ALLOC(all.text_bytes, 1, &list->text);
        }
    }
    SKEL_TRY(skel_comm_agree(comm, status));
    skel_comm_broadcast(comm, all.count * sizeof *list->item, list->item);
    skel_comm_broadcast(comm, all.classes * sizeof *list->name, list->name);
    skel_comm_broadcast(comm, all.text_bytes, list->text);
done:
    return status;
}

void skel_image_list_clear(skel_image_list *list)
{
    SKEL_FREE(&list->item);
    SKEL_FREE(&list->name);
    SKEL_FREE(&list->text);
    *list = (skel_image_list){0};
}

void skel_image_list_show(const char *path, char out[SKEL_IMAGE_LIST_SHOWN])
{
    size_t used = 0;

    for (const unsigned char *at = (const unsigned char *)path;
         *at != '\0' && used + 8 < SKEL_IMAGE_LIST_SHOWN; at++) {
        if (*at == '\n') {
            used += (size_t)snprintf(out + used, 8, "\\n");
        } else if (*at < ' ' || *at == 0x7f) {
            used += (size_t)snprintf(out + used, 8, "\\x%02x", *at);
        } else {
            out[used] = (char)*at;
            used++;
        }
    }
    out[used] = '\0';
}
