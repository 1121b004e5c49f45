/* Room for memory that the ranks of a host share: images, and sums. */
#include "checks.h"

#include "skel/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* The images of cifar10, and the sums of some ranks. */
static const double wanted = 256.0 * 1048576;

static const char advice[] =
    "skel then sums through MPI alone, and each rank has a copy of the images: give /dev/shm more "
    "room (docker run --shm-size=1g; mount -o remount,size=50% /dev/shm)";

/* Whether a page can be had; the reason in errno. */
static bool take_page(const skel_patient *patient)
{
    char name[64];
    bool taken = false;
    int file = -1;
    int error = 0;

    (void)snprintf(name, sizeof name, "/skel-doctor-%ld-%d", (long)getpid(), patient->place);
    file = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (file < 0) {
        return false;
    }
    error = posix_fallocate(file, 0, 4096);
    taken = error == 0;
    (void)close(file);
    (void)shm_unlink(name);
    errno = error;
    return taken;
}

void skel_check_shm(skel_patient *patient, skel_finding *finding)
{
    struct statvfs system;
    char text[SKEL_TEXT_BYTES];
    double room = 0;

    if (!take_page(patient)) {
        skel_finding_warn(finding, advice, "no shared memory in /dev/shm: %s", strerror(errno));
        return;
    }
    if (statvfs("/dev/shm", &system) == 0) {
        room = (double)system.f_bavail * (double)system.f_frsize;
    }
    skel_text_bytes(room, text);
    if (room < wanted) {
        skel_finding_warn(finding, advice, "%s free in /dev/shm, for all ranks of the host", text);
    } else {
        skel_finding_ok(finding, "%s free, for all ranks of the host", text);
    }
}
