/* skel data show: some training images, plain and augmented. */
#include "data_show.h"

#include "data_look.h"

#include "skel/contact_sheet.h"
#include "skel/job.h"
#include "skel/overwrite.h"
#include "skel/settings.h"

#include <stdio.h>

enum { COLUMNS = 8, ROWS = 8, MOST_ROWS = 64, TEXT = 128 };

static skel_status copy_text(const char *option, const char *text, size_t size, char out[])
{
    int length = snprintf(out, size, "%s", text);

    return length >= 0 && (size_t)length < size
               ? SKEL_OK
               : SKEL_FAIL(SKEL_ERR_USAGE, "skel data show: %s has more than %zu bytes", option,
                           size - 1);
}

/* A job whose section data is what the command line says; the rest does not matter here. */
static skel_status make_job(const skel_arguments *arguments, skel_job *out)
{
    static const char *const names[] = {"none", "standard", "crop-flip", "random-resized-crop",
                                        "cutout"};
    const char *set = arguments->word[1];
    const char *dir = skel_arguments_get(arguments, "dir");
    size_t augment = 1;
    uint64_t side = 0;
    char text[TEXT];
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_arguments_choice(arguments, "augment", 5, names, &augment));
    SKEL_TRY(skel_arguments_number(arguments, "side", 1, 4096, &side));
    (void)snprintf(text, sizeof text, "data: {set: mnist, augment: %s}\nmodel: {name: resnet20}\n",
                   names[augment]);
    SKEL_TRY(skel_job_parse("show.yaml", text, out));
    if (skel_data_look_is(set)) {
        SKEL_TRY(copy_text("the path", set, sizeof out->data.file, out->data.file));
    } else {
        SKEL_TRY(copy_text("the name of the set", set, sizeof out->data.set, out->data.set));
    }
    SKEL_TRY(copy_text("--dir", dir != NULL ? dir : "", sizeof out->data.dir, out->data.dir));
    out->data.side = side;
done:
    return status;
}

static skel_status draw(const skel_job *job, const skel_dataset *dataset, size_t rows,
                        const char *path)
{
    skel_settings settings;
    skel_contact_sheet sheet = {.samples = &dataset->train, .columns = COLUMNS};
    skel_view plain;
    skel_view augmented;
    skel_status status = SKEL_OK;

    SKEL_TRY(skel_settings_resolve_for(job, dataset->info, &settings));
    SKEL_TRY(skel_settings_view(job, dataset->info, SKEL_AUGMENT_NONE, &plain));
    SKEL_TRY(skel_settings_view(job, dataset->info, settings.augment, &augmented));
    sheet.plain = &plain;
    sheet.augmented = &augmented;
    sheet.rows = rows < dataset->train.count ? rows : dataset->train.count;
    SKEL_TRY(skel_contact_sheet_write(&sheet, path));
    (void)printf("%s: %zu image%s of %s; the first column is plain, the others are %s\n", path,
                 sheet.rows, sheet.rows == 1 ? "" : "s", dataset->info->title, job->data.augment);
done:
    return status;
}

skel_status skel_data_show_run(const skel_arguments *arguments)
{
    const char *path = skel_arguments_get(arguments, "out");
    skel_dataset_source source;
    skel_dataset *dataset = NULL;
    skel_comm *self = NULL;
    uint64_t rows = ROWS;
    skel_job job;
    skel_status status = SKEL_OK;

    if (arguments->count != 2 || path == NULL) {
        return SKEL_FAIL(SKEL_ERR_USAGE,
                         "skel data show: expected a SET or a data file, and --out page.png");
    }
    SKEL_TRY(skel_arguments_number(arguments, "images", 1, MOST_ROWS, &rows));
    SKEL_TRY(make_job(arguments, &job));
    source = skel_settings_source(&job);
    SKEL_TRY(skel_overwrite_check(path, SKEL_OVERWRITE_NONE, 0, NULL));
    if (skel_dataset_has(&source, path)) {
        SKEL_TRY(
            SKEL_FAIL(SKEL_ERR_USAGE, "%s is a file of the data set: name another file", path));
    }
    SKEL_TRY(skel_comm_create_self(&self));
    SKEL_TRY(skel_dataset_open(self, &source, &dataset));
    status = draw(&job, dataset, rows, path);
done:
    skel_dataset_close(&dataset);
    skel_comm_destroy(&self);
    return status;
}
