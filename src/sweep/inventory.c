/* Lists an output folder once, then finds runs in it by their identity. */
#include "inventory.h"

#include "skel/identity.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/run_file.h"
#include "skel/stored.h"
#include "skel/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum file_kind {
    NAMED_BY_IDENTITY, /* ...-8HEX.h5 */
    NAMED_BY_INDEX,    /* INDEX-METHOD-sSPARSITY-seedN.h5, of earlier releases */
    CHECKPOINT,        /* ...-8HEX.h5.checkpoint, or .checkpoint.old */
} file_kind;

/* A file. Its key is the part of its name by which it is looked for. */
typedef struct listed_file {
    file_kind kind;
    const char *key;                   /* points into `file`; not terminated */
    size_t length;                     /* of the key */
    char identity[SKEL_CHECKSUM_TEXT]; /* once `opened`; "": it is no run file */
    bool opened;
    char file[SKEL_SWEEP_FILE]; /* below the output folder; of a checkpoint the run file */
} listed_file;

struct skel_inventory {
    char folder[SKEL_JOB_PATH];
    skel_identities *identities;
    size_t count;
    size_t room;
    listed_file **entry; /* [count], each owned; sorted by kind, key and file */
};

/* The characters of an identity before ".h5"; NULL if the name has none. */
static const char *find_short(const char *name)
{
    size_t tail = SKEL_IDENTITY_SHORT + strlen(".h5");
    const char *key = name + strlen(name) - tail;

    if (strlen(name) < tail + 2 || key[-1] != '-') {
        return NULL;
    }
    for (size_t i = 0; i < SKEL_IDENTITY_SHORT; i++) {
        if (strchr("0123456789abcdef", key[i]) == NULL) {
            return NULL;
        }
    }
    return key;
}

/* The part behind "INDEX-"; NULL if the name does not begin so. */
static const char *find_rest(const char *name)
{
    size_t digits = strspn(name, "0123456789");

    return digits >= 4 && name[digits] == '-' && strstr(name, "-seed") != NULL ? name + digits + 1
                                                                               : NULL;
}

/* Where the ending of a checkpoint's name begins, behind ".h5"; NULL if the name has none. */
static char *find_checkpoint(char *name)
{
    static const char *const ending[] = {".h5.checkpoint", ".h5.checkpoint.old",
                                         ".h5.checkpoint.new"};

    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (skel_text_ends_in(name, ending[i])) {
            return name + strlen(name) - strlen(ending[i]) + strlen(".h5");
        }
    }
    return NULL;
}

/* Decides by the name what a file is; false: nothing of ours. */
static bool classify(listed_file *file, char *name)
{
    char *checkpoint = find_checkpoint(name);
    bool is_checkpoint = checkpoint != NULL;

    if (is_checkpoint) {
        *checkpoint = '\0';
    } else if (!skel_text_ends_in(name, ".h5")) {
        return false;
    }
    file->key = find_short(name);
    file->kind = is_checkpoint ? CHECKPOINT : NAMED_BY_IDENTITY;
    file->length = SKEL_IDENTITY_SHORT;
    if (file->key == NULL && !is_checkpoint) {
        file->key = find_rest(name);
        file->kind = NAMED_BY_INDEX;
        file->length = file->key != NULL ? strlen(file->key) : 0;
    }
    return file->key != NULL;
}

static skel_status add_file(skel_inventory *inventory, const char *job, const char *name)
{
    listed_file *file = NULL;
    int length = 0;
    skel_status status = SKEL_OK;

    SKEL_TRY(SKEL_ALLOC(1, sizeof *file, &file));
    length = snprintf(file->file, sizeof file->file, "%s/%s", job, name);
    if (length < 0 || (size_t)length >= sizeof file->file ||
        !classify(file, file->file + strlen(job) + 1)) {
        goto done;
    }
    if (inventory->count == inventory->room) {
        size_t room = inventory->room == 0 ? 64 : 2 * inventory->room;

        SKEL_TRY(SKEL_GROW(room, sizeof(listed_file *), &inventory->entry));
        inventory->room = room;
    }
    inventory->entry[inventory->count++] = file;
    file = NULL;
done:
    SKEL_FREE(&file);
    return status;
}

/* Lists the files of one job. */
static skel_status list_job(skel_inventory *inventory, const char *job)
{
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
    DIR *folder = NULL;
    skel_status status = SKEL_OK;

    (void)snprintf(path, sizeof path, "%s/%s", inventory->folder, job);
    folder = opendir(path);
    for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL;
         status == SKEL_OK && entry != NULL; entry = readdir(folder)) {
        if (entry->d_type != DT_DIR) {
            status = add_file(inventory, job, entry->d_name);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return status;
}

static skel_status list_all(skel_inventory *inventory)
{
    DIR *folder = opendir(inventory->folder);
    skel_status status = SKEL_OK;

    for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL;
         status == SKEL_OK && entry != NULL; entry = readdir(folder)) {
        if (entry->d_name[0] != '.' && entry->d_type != DT_REG) {
            status = list_job(inventory, entry->d_name);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return status;
}

static int compare_keys(file_kind kind, const char *key, size_t length, const listed_file *file)
{
    size_t shorter = length < file->length ? length : file->length;
    int order = (kind > file->kind) - (kind < file->kind);

    order = order != 0 ? order : memcmp(key, file->key, shorter);
    return order != 0 ? order : (length > file->length) - (length < file->length);
}

static int compare_files(const void *left, const void *right)
{
    const listed_file *a = *(listed_file *const *)left;
    const listed_file *b = *(listed_file *const *)right;
    int order = compare_keys(a->kind, a->key, a->length, b);

    return order != 0 ? order : strcmp(a->file, b->file);
}

skel_status skel_inventory_create(const char *folder, skel_inventory **out)
{
    skel_inventory *inventory = NULL;
    skel_status status = SKEL_OK;

    *out = NULL;
    SKEL_TRY(SKEL_ALLOC(1, sizeof *inventory, &inventory));
    (void)snprintf(inventory->folder, sizeof inventory->folder, "%s", folder);
    SKEL_TRY(skel_identities_create(&inventory->identities));
    SKEL_TRY(list_all(inventory));
    if (inventory->count > 0) {
        qsort(inventory->entry, inventory->count, sizeof(listed_file *), compare_files);
    }
    *out = inventory;
    inventory = NULL;
done:
    skel_inventory_destroy(&inventory);
    return status;
}

void skel_inventory_destroy(skel_inventory **inventory)
{
    if (*inventory == NULL) {
        return;
    }
    for (size_t i = 0; i < (*inventory)->count; i++) {
        SKEL_FREE(&(*inventory)->entry[i]);
    }
    SKEL_FREE(&(*inventory)->entry);
    skel_identities_destroy(&(*inventory)->identities);
    SKEL_FREE(inventory);
}

/* The number of the first file with the key, or of the file behind which it would be. */
static size_t first_of(const skel_inventory *inventory, file_kind kind, const char *key,
                       size_t length)
{
    size_t low = 0;
    size_t high = inventory->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_keys(kind, key, length, inventory->entry[middle]) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The identity that a run file has, or that its job has if the file is of an earlier release. */
static skel_status read_identity(skel_inventory *inventory, const char *path,
                                 char out[SKEL_CHECKSUM_TEXT])
{
    skel_reader *reader = NULL;
    char schema[64] = "";
    skel_job job;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_reader_open(path, &reader));
    skel_reader_attribute(reader, "/", "schema_name", sizeof schema, schema);
    if (strcmp(schema, SKEL_RUN_SCHEMA) != 0) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_DATA, "%s is no run file (schema_name \"%s\")", path, schema));
    }
    SKEL_TRY(skel_reader_check_attribute(reader, "/provenance", "identity"));
    skel_reader_attribute(reader, "/provenance", "identity", SKEL_CHECKSUM_TEXT, out);
    if (out[0] == '\0') {
        SKEL_TRY(skel_stored_job(reader, &job));
        SKEL_TRY(skel_identity_of(inventory->identities, &job, out));
    }
done:
    return skel_reader_close(&reader, status);
}

/* Whether a file holds the run. A file that cannot be read holds none, and is named in a warning.
 */
static skel_status holds(skel_inventory *inventory, listed_file *file, const skel_sweep_run *run,
                         bool *out)
{
    char path[SKEL_JOB_PATH + SKEL_SWEEP_FILE];
    skel_status status = SKEL_OK;

    if (!file->opened) {
        (void)snprintf(path, sizeof path, "%s/%s", inventory->folder, file->file);
        status = read_identity(inventory, path, file->identity);
        file->opened = true;
        if (status == SKEL_ERR_MEMORY) {
            return status;
        }
        if (status != SKEL_OK) {
            file->identity[0] = '\0';
            SKEL_WARN("%s; passed over", skel_error_message());
        }
    }
    *out = strcmp(file->identity, run->identity) == 0;
    return SKEL_OK;
}

static bool is_of_job(const listed_file *file, const skel_sweep_run *run)
{
    size_t length = strlen(run->job.name);

    return strncmp(file->file, run->job.name, length) == 0 && file->file[length] == '/';
}

/* Among the files with the key one that holds the run; one of the run's own job comes first. */
static skel_status find_with_key(skel_inventory *inventory, file_kind kind, const char *key,
                                 size_t length, const skel_sweep_run *run, const char **file)
{
    skel_status status = SKEL_OK;

    for (size_t i = first_of(inventory, kind, key, length);
         i < inventory->count && compare_keys(kind, key, length, inventory->entry[i]) == 0; i++) {
        listed_file *entry = inventory->entry[i];
        bool own = is_of_job(entry, run);
        bool found = false;

        if (*file != NULL && !own) {
            continue;
        }
        SKEL_TRY(holds(inventory, entry, run, &found));
        if (found) {
            *file = entry->file;
        }
        if (found && own) {
            break;
        }
    }
done:
    return status;
}

/* Whether there is a file at the run's own place. */
static bool is_in_place(const skel_inventory *inventory, const skel_sweep_run *run)
{
    for (size_t i = first_of(inventory, NAMED_BY_IDENTITY, run->identity, SKEL_IDENTITY_SHORT);
         i < inventory->count && compare_keys(NAMED_BY_IDENTITY, run->identity, SKEL_IDENTITY_SHORT,
                                              inventory->entry[i]) == 0;
         i++) {
        if (strcmp(inventory->entry[i]->file, run->file) == 0) {
            return true;
        }
    }
    return false;
}

skel_status skel_inventory_find(skel_inventory *inventory, const skel_sweep_run *run,
                                const char **file)
{
    char old[SKEL_SWEEP_FILE];
    skel_status status = SKEL_OK;

    *file = NULL;
    if (is_in_place(inventory, run)) {
        *file = run->file;
        return SKEL_OK;
    }
    (void)snprintf(old, sizeof old, "%s-s%.10g-seed%llu.h5", run->job.prune.method,
                   run->job.prune.sparsity, (unsigned long long)run->job.seed);
    SKEL_TRY(
        find_with_key(inventory, NAMED_BY_IDENTITY, run->identity, SKEL_IDENTITY_SHORT, run, file));
    if (*file == NULL) {
        SKEL_TRY(find_with_key(inventory, NAMED_BY_INDEX, old, strlen(old), run, file));
    }
done:
    return status;
}

const char *skel_inventory_checkpoint(const skel_inventory *inventory, const skel_sweep_run *run)
{
    for (size_t i = first_of(inventory, CHECKPOINT, run->identity, SKEL_IDENTITY_SHORT);
         i < inventory->count &&
         compare_keys(CHECKPOINT, run->identity, SKEL_IDENTITY_SHORT, inventory->entry[i]) == 0;
         i++) {
        if (is_of_job(inventory->entry[i], run)) {
            return inventory->entry[i]->file;
        }
    }
    return NULL;
}
