/* Measures and locks folders; copies and renames files. */
#include "data_folder.h"

#include "skel/input.h"
#include "skel/log.h"
#include "skel/memory.h"
#include "skel/text.h"
#include "skel/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { SLICE = 1 << 20 };

void skel_data_folder_join(const char *dir, const char *name, char out[SKEL_PATH])
{
    int length = snprintf(out, SKEL_PATH, "%s/%s", dir, name);

    SKEL_ASSERT(length >= 0); /* a longer path is cut, and then does not exist */
}

size_t skel_data_folder_bytes(const char *path)
{
    char start[SKEL_PATH];
    char *const starts[] = {start, NULL};
    size_t bytes = 0;
    FTS *walk = NULL;

    (void)snprintf(start, sizeof start, "%s", path);
    walk = fts_open(starts, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL) {
        return 0;
    }
    for (FTSENT *found = fts_read(walk); found != NULL; found = fts_read(walk)) {
        bytes += found->fts_info == FTS_F ? (size_t)found->fts_statp->st_size : 0;
    }
    (void)fts_close(walk);
    return bytes;
}

skel_status skel_data_folder_has_room(const char *path, size_t bytes)
{
    struct statvfs facts;
    char needed[SKEL_TEXT_BYTES];
    char there[SKEL_TEXT_BYTES];
    double room = 0;

    if (statvfs(path, &facts) != 0) {
        return SKEL_OK; /* then the writes will tell */
    }
    room = (double)facts.f_bavail * (double)facts.f_frsize;
    if (room >= (double)bytes) {
        return SKEL_OK;
    }
    skel_text_bytes((double)bytes, needed);
    skel_text_bytes(room, there);
    return SKEL_FAIL(SKEL_ERR_IO, "%s: no room: %s needed while fetching, %s free", path, needed,
                     there);
}

/* Whether the open file is still the one of that name: its owner may just have removed it. */
static bool is_current(int lock, const char *path)
{
    struct stat open_file;
    struct stat named_file;

    return fstat(lock, &open_file) == 0 && stat(path, &named_file) == 0 &&
           open_file.st_ino == named_file.st_ino && open_file.st_dev == named_file.st_dev;
}

skel_status skel_data_folder_lock(const char *path, skel_data_folder_hold *hold)
{
    char name[SKEL_PATH];
    int length = snprintf(name, sizeof name, "%s/lock", path);

    *hold = (skel_data_folder_hold){.descriptor = -1};
    if (length < 0 || (size_t)length >= sizeof name) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: the folder's name is too long", path);
    }
    /* Not close-on-exec: a child that outlives us keeps the lock while it still writes. */
    hold->descriptor = open(name, O_RDWR | O_CREAT | O_NONBLOCK, 0666);
    if (hold->descriptor < 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: open: %s", name, strerror(errno));
    }
    if (flock(hold->descriptor, LOCK_EX | LOCK_NB) == 0) {
        if (is_current(hold->descriptor, name)) {
            return SKEL_OK;
        }
        errno = EWOULDBLOCK;
    }
    if (errno != EWOULDBLOCK) {
        SKEL_DEBUG("%s: lock: %s; a claim is made instead", name, strerror(errno));
        return skel_claim_take(path, "fetching into", &hold->claim);
    }
    skel_data_folder_unlock(hold);
    return SKEL_FAIL(SKEL_ERR_IO,
                     "%s: another process is fetching into this folder (maybe a download that "
                     "outlived a killed one); try again when it has ended",
                     name);
}

void skel_data_folder_unlock(skel_data_folder_hold *hold)
{
    skel_claim_release(&hold->claim);
    if (hold->descriptor >= 0) {
        (void)close(hold->descriptor);
        hold->descriptor = -1;
    }
}

static skel_status copy_content(const char *from, FILE *in, FILE *out)
{
    unsigned char *slice = NULL;
    size_t got = 0;
    skel_status status = SKEL_ALLOC_RAW(SLICE, 1, &slice);

    while (status == SKEL_OK && ferror(out) == 0 && (got = fread(slice, 1, SLICE, in)) > 0) {
        (void)!fwrite(slice, 1, got, out); /* closing says if it fails */
    }
    if (status == SKEL_OK && ferror(in) != 0) {
        status = SKEL_FAIL(SKEL_ERR_IO, "%s: read: %s", from, strerror(errno));
    }
    SKEL_FREE(&slice);
    return status;
}

skel_status skel_data_folder_copy(const char *from, const char *to)
{
    FILE *in = NULL;
    skel_writer out = {0};
    bool opened = false;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_input_stream(from, &in));
    SKEL_TRY(skel_writer_open(NULL, to, &out));
    opened = true;
    SKEL_TRY(copy_content(from, in, out.file));
done:
    if (in != NULL) {
        (void)fclose(in);
    }
    status = skel_writer_close(&out, status);
    if (status != SKEL_OK && opened) {
        (void)unlink(to);
    }
    return status;
}

static int flush(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int result = file < 0 ? -1 : fsync(file);

    if (file >= 0) {
        (void)close(file);
    }
    return result;
}

skel_status skel_data_folder_adopt(const char *from, const char *to)
{
    char folder[SKEL_PATH];
    const char *slash = strrchr(to, '/');

    SKEL_ASSERT(slash != NULL && strlen(to) < sizeof folder);
    memcpy(folder, to, (size_t)(slash - to));
    folder[slash - to] = '\0';
    if (flush(from) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: write to disk: %s", from, strerror(errno));
    }
    if (rename(from, to) != 0) {
        return SKEL_FAIL(SKEL_ERR_IO, "%s: rename to %s: %s", from, to, strerror(errno));
    }
    (void)flush(folder[0] != '\0' ? folder : "/"); /* not every file system can */
    return SKEL_OK;
}
