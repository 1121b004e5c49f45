/* The table of data sets, and the folders and names of their files. */
#include "catalog.h"

#include "skel/text.h"

#include "data_folder.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ENTRIES = 4 };

/* The four files of an IDX data set; each argument is the sums of one file. */
#define IDX_FILES(train_images, train_labels, test_images, test_labels)                            \
    {                                                                                              \
        {"train-images-idx3-ubyte", SKEL_CATALOG_IDX_IMAGES, false, 0, 60000, train_images},       \
            {"train-labels-idx1-ubyte", SKEL_CATALOG_IDX_LABELS, false, 0, 60000, train_labels},   \
            {"t10k-images-idx3-ubyte", SKEL_CATALOG_IDX_IMAGES, true, 0, 10000, test_images},      \
            {"t10k-labels-idx1-ubyte", SKEL_CATALOG_IDX_LABELS, true, 0, 10000, test_labels},      \
    }
#define SUMS(md5, xxh3) md5, xxh3

/* Means and deviations are those that PyTorch users and the papers' code normalise with. */
static const skel_catalog_entry entries[ENTRIES] = {
    {
        .info = {.name = "mnist",
                 .title = "MNIST",
                 .channels = 1,
                 .height = 28,
                 .width = 28,
                 .classes = 10,
                 .train = 60000,
                 .test = 10000,
                 .mean = (const float[]){0.1307F},
                 .deviation = (const float[]){0.3081F}},
        .files = 4,
        .file =
            IDX_FILES(SUMS("6bbc9ace898e44ae57da46a324031adb", "e12946a8ab9bd74359bf22c057c52478"),
                      SUMS("a25bea736e30d166cdddb491f175f624", "81c6f5433a9d34628839fd1c4bb36825"),
                      SUMS("2646ac647ad5339dbf082846283269ea", "a912d49f199ea2d36aa8aa9c0102c17c"),
                      SUMS("27ae3e4e09519cfbb04c329615203637", "507d8d921945ef3663c4bd8be7e7204f")),
    },
    {
        .info = {.name = "fashion-mnist",
                 .title = "Fashion-MNIST",
                 .channels = 1,
                 .height = 28,
                 .width = 28,
                 .classes = 10,
                 .train = 60000,
                 .test = 10000,
                 .mean = (const float[]){0.2860F},
                 .deviation = (const float[]){0.3530F}},
        .package = "dataset-fashion-mnist",
        .package_dir = "/usr/share/datasets/fashion-mnist",
        .files = 4,
        .file =
            IDX_FILES(SUMS("f4a8712d7a061bf5bd6d2ca38dc4d50a", "e5a664e2905b9295ca72265d7c26283b"),
                      SUMS("9018921c3c673c538a1fc5bad174d6f9", "48a2c630b815ef5a775518db990ebf87"),
                      SUMS("8181f5470baa50b63fa0f6fddb340f0a", "00620a3fbea59460a60baf710224b311"),
                      SUMS("15d484375f8d13e6eb1aabb0c3f46965", "ca8383985fa2cbc620515cb4512a5b03")),
    },
    {
        .info = {.name = "cifar10",
                 .title = "CIFAR-10",
                 .channels = 3,
                 .height = 32,
                 .width = 32,
                 .classes = 10,
                 .train = 50000,
                 .test = 10000,
                 .mean = (const float[]){0.4914F, 0.4822F, 0.4465F},
                 .deviation = (const float[]){0.2023F, 0.1994F, 0.2010F}},
        .subfolder = "cifar-10-batches-bin",
        .label_bytes = 1,
        .files = 6,
        .file =
            {
                {"data_batch_1.bin", SKEL_CATALOG_RECORDS, false, 0, 10000,
                 SUMS("5dd7e06a14cb22eb9f671a540d1b7c25", "17a1d9684136764641ac9bacc0b7f4a7")},
                {"data_batch_2.bin", SKEL_CATALOG_RECORDS, false, 10000, 10000,
                 SUMS("5ea93a67294ea407fff1d09f752e9692", "71aea62214a90ef4fe2060fa6cda726a")},
                {"data_batch_3.bin", SKEL_CATALOG_RECORDS, false, 20000, 10000,
                 SUMS("942cd6a4bcdd0dd3c604fbe906cb4421", "0b9e82750fd27dbfb4bded95a257863a")},
                {"data_batch_4.bin", SKEL_CATALOG_RECORDS, false, 30000, 10000,
                 SUMS("ae636b3ba5c66a11e91e8cb52e771fcb", "c8d5fdd3ac8f81bfc1de03fe2464dfde")},
                {"data_batch_5.bin", SKEL_CATALOG_RECORDS, false, 40000, 10000,
                 SUMS("53f37980c15c3d472c316c40844f3f0d", "4ab45439496c80b8d237593ed2319c8c")},
                {"test_batch.bin", SKEL_CATALOG_RECORDS, true, 0, 10000,
                 SUMS("803d5f7f4d78ea53de84dbe85f74fb6d", "dbce07992febce8b437077c166f279d4")},
            },
    },
    {
        .info = {.name = "cifar100",
                 .title = "CIFAR-100",
                 .channels = 3,
                 .height = 32,
                 .width = 32,
                 .classes = 100,
                 .train = 50000,
                 .test = 10000,
                 .mean = (const float[]){0.5071F, 0.4865F, 0.4409F},
                 .deviation = (const float[]){0.2673F, 0.2564F, 0.2762F}},
        .subfolder = "cifar-100-binary",
        .label_bytes = 2,
        .files = 2,
        .file =
            {
                {"train.bin", SKEL_CATALOG_RECORDS, false, 0, 50000, NULL, NULL},
                {"test.bin", SKEL_CATALOG_RECORDS, true, 0, 10000, NULL, NULL},
            },
    },
};

const char *const *skel_catalog_names(size_t *count)
{
    static const char *names[ENTRIES];

    for (size_t i = 0; i < ENTRIES; i++) {
        names[i] = entries[i].info.name;
    }
    *count = ENTRIES;
    return names;
}

skel_status skel_catalog_find(const char *name, const skel_catalog_entry **out)
{
    size_t count = 0;
    size_t index = 0;
    const char *const *names = skel_catalog_names(&count);
    skel_status status = skel_text_find("data set", name, count, names, &index);

    *out = status == SKEL_OK ? &entries[index] : NULL;
    return status;
}

void skel_catalog_locate(const skel_catalog_entry *entry, const skel_catalog_file *file,
                         const char *dir, char path[SKEL_PATH])
{
    const char *const folders[] = {"", "/", entry->subfolder};
    char name[128];

    for (size_t i = 0; i < 4; i++) {
        bool below = i >= 2;

        if (below && entry->subfolder == NULL) {
            break;
        }
        (void)snprintf(name, sizeof name, "%s%s%s%s", below ? folders[2] : folders[0],
                       below ? folders[1] : folders[0], file->name, i % 2 == 1 ? ".gz" : "");
        skel_data_folder_join(dir, name, path);
        if (access(path, F_OK) == 0) {
            return;
        }
    }
    path[0] = '\0';
}

static const char *home(void)
{
    const char *folder = getenv("HOME");
    const struct passwd *user = NULL;

    if (folder != NULL && folder[0] != '\0') {
        return folder;
    }
    user = getpwuid(getuid());
    return user != NULL && user->pw_dir != NULL ? user->pw_dir : ".";
}

void skel_catalog_default_dir(const skel_catalog_entry *entry, char out[SKEL_PATH])
{
    const char *data = getenv("SKEL_DATA");
    const char *xdg = getenv("XDG_DATA_HOME");
    char path[SKEL_PATH];

    if (data != NULL && data[0] != '\0') {
        (void)snprintf(out, SKEL_PATH, "%s/%s", data, entry->info.name);
    } else if (xdg != NULL && xdg[0] != '\0') {
        (void)snprintf(out, SKEL_PATH, "%s/skel/%s", xdg, entry->info.name);
    } else {
        (void)snprintf(out, SKEL_PATH, "%s/.local/share/skel/%s", home(), entry->info.name);
    }
    skel_catalog_locate(entry, &entry->file[0], out, path);
    if (path[0] == '\0' && entry->package_dir != NULL) {
        skel_catalog_locate(entry, &entry->file[0], entry->package_dir, path);
        if (path[0] != '\0') {
            (void)snprintf(out, SKEL_PATH, "%s", entry->package_dir);
        }
    }
}

void skel_catalog_choose_dir(const skel_catalog_entry *entry, const char *dir, char out[SKEL_PATH])
{
    if (dir != NULL && dir[0] != '\0') {
        (void)snprintf(out, SKEL_PATH, "%s", dir);
    } else {
        skel_catalog_default_dir(entry, out);
    }
}
