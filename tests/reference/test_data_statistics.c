/* The real data sets, as far as they are on this machine, against what is published of them. */
#include "suite.h"

#include "skel/fetch.h"

#include "data/data_file.h"

#include <math.h>

/* Mean and deviation of a channel of pixel / 255. */
static void moments(const skel_dataset *dataset, size_t channel, double *mean, double *deviation)
{
    const skel_dataset_info *info = dataset->info;
    const size_t plane = info->height * info->width;
    const double pixels = (double)(dataset->train.count * plane);
    double sum = 0;
    double squares = 0;

    for (size_t i = 0; i < dataset->train.count; i++) {
        const uint8_t *image = dataset->train.images + (i * info->channels + channel) * plane;

        for (size_t p = 0; p < plane; p++) {
            sum += image[p];
            squares += (double)image[p] * image[p];
        }
    }
    *mean = sum / pixels / 255;
    *deviation = sqrt(squares / pixels / 255 / 255 - *mean * *mean);
}

/* Every class has its share of the images, give or take `slack`. */
static void check_classes(const skel_samples *half, size_t classes, size_t slack)
{
    size_t seen[256] = {0};

    for (size_t i = 0; i < half->count; i++) {
        seen[half->labels[i]]++;
    }
    for (size_t c = 0; c < classes; c++) {
        ck_assert_uint_ge(seen[c] + slack, half->count / classes);
        ck_assert_uint_le(seen[c], half->count / classes + slack);
    }
}

/* The files' XXH3-128 in the catalogue are those of the contents with the published MD5. */
static void check_sums(const char *name)
{
    const skel_catalog_entry *entry = NULL;
    char dir[SKEL_PATH];
    char path[SKEL_PATH];

    skel_dataset_default_dir(name, dir);
    ck_assert_ok(skel_catalog_find(name, &entry));
    for (size_t i = 0; i < entry->files; i++) {
        const skel_catalog_file *file = &entry->file[i];
        skel_data_file_sums sums;

        skel_catalog_locate(entry, file, dir, path);
        ck_assert_ok(skel_data_file_read(entry, file, path, NULL, NULL, true, &sums));
        ck_assert((file->md5 == NULL) == (file->xxh3 == NULL));
        if (file->md5 != NULL) {
            ck_assert_str_eq(sums.md5, file->md5);
            ck_assert_str_eq(sums.xxh3, file->xxh3);
        }
    }
}

/* The means are those of the training images, rounded to four digits. So are the deviations of
 * the IDX sets and CIFAR-100; CIFAR-10's is by custom the average over the images of the deviation
 * within an image, which is smaller. */
static void check(const char *name, bool deviations, double slack, size_t class_slack)
{
    skel_comm *self = NULL;
    skel_dataset *dataset = NULL;

    if (!skel_fetch_is_there(name, NULL)) {
        return;
    }
    check_sums(name);
    ck_assert_ok(skel_comm_create_self(&self));
    ck_assert_ok(skel_dataset_open(self, &(skel_dataset_source){.set = name}, &dataset));
    for (size_t c = 0; c < dataset->info->channels; c++) {
        double mean = 0;
        double deviation = 0;

        moments(dataset, c, &mean, &deviation);
        ck_assert_msg(fabs(mean - (double)dataset->info->mean[c]) < slack, "%s: mean %g", name,
                      mean);
        ck_assert_msg(!deviations || fabs(deviation - (double)dataset->info->deviation[c]) < slack,
                      "%s: deviation %g", name, deviation);
    }
    check_classes(&dataset->train, dataset->info->classes, class_slack);
    check_classes(&dataset->test, dataset->info->classes, class_slack);
    skel_dataset_close(&dataset);
    skel_comm_destroy(&self);
}

START_TEST(fashion_mnist_has_the_published_mean_deviation_and_classes)
{
    check("fashion-mnist", true, 0.6e-4, 0);
}
END_TEST

START_TEST(mnist_has_the_published_mean_and_deviation)
{
    check("mnist", true, 0.6e-4, 1000); /* its classes are not of equal size */
}
END_TEST

START_TEST(cifar10_has_the_published_mean_and_classes)
{
    check("cifar10", false, 1e-4, 0);
}
END_TEST

START_TEST(cifar100_has_the_published_mean_deviation_and_classes)
{
    check("cifar100", true, 1e-4, 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, fashion_mnist_has_the_published_mean_deviation_and_classes);
    tcase_add_test(tcase, mnist_has_the_published_mean_and_deviation);
    tcase_add_test(tcase, cifar10_has_the_published_mean_and_classes);
    tcase_add_test(tcase, cifar100_has_the_published_mean_deviation_and_classes);
}

int main(void)
{
    return skel_suite_run("data_statistics", fill);
}
