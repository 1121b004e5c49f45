/* The folder: whether all ranks see it and can write to it, on which file system, with what room.
 */
#include "checks.h"

#include "skel/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

static const double least = 1 << 30; /* bytes of room */

/* Names of the file systems that people meet, by the number that statfs(2) gives. */
static const char *name_of(long type)
{
    static const struct {
        unsigned long type;
        const char *name;
    } systems[] = {
        {0xEF53, "ext4"},       {0x58465342, "XFS"},     {0x9123683E, "Btrfs"},
        {0x01021994, "tmpfs"},  {0x6969, "NFS"},         {0x0BD00BD0, "Lustre"},
        {0x47504653, "GPFS"},   {0x794C7630, "overlay"}, {0x2FC12FC1, "ZFS"},
        {0x19830326, "BeeGFS"}, {0x00C36400, "Ceph"},    {0x65735546, "FUSE"},
        {0xFF534D42, "CIFS"},   {0x01021997, "9p"},      {0xF15F, "eCryptfs"},
    };

    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        if (systems[i].type == ((unsigned long)type & 0xFFFFFFFFUL)) {
            return systems[i].name;
        }
    }
    return "a file system of another kind";
}

/* The folder itself or, if it is missing, the nearest folder above that exists: skel run makes
 * the missing ones there. */
static void find_existing(const char *dir, char out[SKEL_PATIENT_PATH])
{
    struct stat facts;

    (void)snprintf(out, SKEL_PATIENT_PATH, "%s", dir);
    while (lstat(out, &facts) != 0 && errno == ENOENT && strcmp(out, ".") != 0) {
        char *end = out + strlen(out);

        while (end > out + 1 && end[-1] == '/') {
            end--;
        }
        while (end > out && end[-1] != '/') {
            end--;
        }
        *end = '\0';
        if (end == out) {
            (void)snprintf(out, SKEL_PATIENT_PATH, ".");
        }
    }
}

/* Root only: makes the scratch folder. Returns errno. */
static int make_scratch(skel_patient *patient, char existing[SKEL_PATIENT_PATH])
{
    int length = 0;

    if (strlen(patient->dir) >= SKEL_PATIENT_PATH) {
        return ENAMETOOLONG;
    }
    find_existing(patient->dir, existing);
    length =
        snprintf(patient->scratch, sizeof patient->scratch, "%s/.skel-doctor-XXXXXX", existing);
    if (length < 0 || (size_t)length >= sizeof patient->scratch) {
        return ENAMETOOLONG;
    }
    return mkdtemp(patient->scratch) == NULL ? errno : 0;
}

/* Whether this rank can make a file in the scratch folder. Returns errno. */
static int make_file(const skel_patient *patient)
{
    char path[SKEL_PATIENT_PATH + 32];
    int file = -1;

    (void)snprintf(path, sizeof path, "%s/rank-%d", patient->scratch,
                   skel_comm_rank(patient->comm));
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) {
        return errno;
    }
    (void)close(file);
    (void)unlink(path);
    return 0;
}

static void describe(const skel_patient *patient, const char *existing, skel_finding *finding)
{
    bool missing = strcmp(existing, patient->dir) != 0;
    struct statvfs room = {0};
    struct statfs system = {0};
    char text[SKEL_TEXT_BYTES];
    double bytes = 0;

    (void)statvfs(patient->scratch, &room);
    (void)statfs(patient->scratch, &system);
    bytes = (double)room.f_bavail * (double)room.f_frsize;
    skel_text_bytes(bytes, text);
    if (bytes < least) {
        skel_finding_warn(finding,
                          "a run that finds no room for its files ends with status 74, and goes on "
                          "later: make room, or choose another folder with --out",
                          "%.200s (%s): %s free", existing, name_of((long)system.f_type), text);
    } else if (missing) {
        skel_finding_ok(finding,
                        "%.150s is not there, and skel run makes it; in %.100s (%s) all ranks can "
                        "write, %s free",
                        patient->dir, existing, name_of((long)system.f_type), text);
    } else {
        skel_finding_ok(finding, "%.200s (%s): all ranks can write, %s free", patient->dir,
                        name_of((long)system.f_type), text);
    }
}

void skel_check_folder(skel_patient *patient, skel_finding *finding)
{
    bool root = skel_comm_is_root(patient->comm);
    char existing[SKEL_PATIENT_PATH] = "";
    int error = root ? make_scratch(patient, existing) : 0;
    double errors[1] = {0};

    skel_comm_broadcast(patient->comm, sizeof error, &error);
    if (error != 0) {
        patient->scratch[0] = '\0';
        skel_finding_fail(finding,
                          "skel run would end with status 74: name a folder with --out that it can "
                          "write to",
                          "cannot write to %.300s: %s",
                          existing[0] != '\0' ? existing : patient->dir, strerror(error));
        return;
    }
    skel_comm_broadcast(patient->comm, sizeof existing, existing);
    skel_comm_broadcast(patient->comm, sizeof patient->scratch, patient->scratch);
    error = make_file(patient);
    errors[0] = error;
    skel_comm_max_f64(patient->comm, 1, errors);
    if (errors[0] == 0) {
        describe(patient, existing, finding);
        return;
    }
    if (root) {
        (void)rmdir(patient->scratch);
    }
    if (error != 0) {
        skel_finding_fail(
            finding,
            "skel run would end with status 74: use a folder on a file system that all "
            "hosts share",
            "cannot write to %.300s, which rank 0 can: %s", patient->dir, strerror(error));
    } else {
        skel_finding_ok(finding, "this rank can write to %.300s", patient->dir);
    }
    patient->scratch[0] = '\0';
}
