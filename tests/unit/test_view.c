/* What the network sees, against the closed form of each step done one after the other. */
#include "suite.h"

#include "skel/random.h"
#include "skel/view.h"

#include <math.h>
#include <string.h>

enum {
    HEIGHT = 5,
    WIDTH = 4,
    CHANNELS = 3,
    SAMPLES = 6,
    SIDE = 8,
    PADDING = 4,
    IMAGE = CHANNELS * SIDE * SIDE
};

static const skel_dataset_info info = {
    .title = "test images",
    .channels = CHANNELS,
    .height = HEIGHT,
    .width = WIDTH,
    .classes = 10,
    .mean = (const float[]){0.25F, 0.5F, 0.4914F},
    .deviation = (const float[]){0.5F, 0.25F, 0.2023F},
};

static uint8_t pixels[SAMPLES][CHANNELS][HEIGHT][WIDTH];
static uint16_t labels[SAMPLES];
static const skel_samples samples = {
    .count = SAMPLES, .images = &pixels[0][0][0][0], .labels = labels};

static void make_samples(void)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = (uint16_t)(9 - i);
        for (size_t p = 0; p < (size_t)CHANNELS * HEIGHT * WIDTH; p++) {
            (&pixels[i][0][0][0])[p] = (uint8_t)(1 + skel_stream_below(&stream, 255));
        }
    }
}

/* Pads, crops, flips and normalises one pixel, step by step: what the view must show at (y, x). */
static float expected_at(size_t sample, size_t c, size_t side, const size_t crop[2], bool flip,
                         size_t y, size_t x)
{
    /* in the square padded by 4 on each side, then in the square, then in the image */
    ptrdiff_t row = (ptrdiff_t)(y + crop[0]) - PADDING - (ptrdiff_t)(side - HEIGHT) / 2;
    ptrdiff_t column =
        (ptrdiff_t)((flip ? side - 1 - x : x) + crop[1]) - PADDING - (ptrdiff_t)(side - WIDTH) / 2;
    double pixel = 0;

    if (row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH) {
        pixel = pixels[sample][c][row][column];
    }
    return (float)((pixel / 255 - (double)info.mean[c]) / (double)info.deviation[c]);
}

static bool shows(const float image[], size_t sample, const size_t crop[2], bool flip)
{
    for (size_t c = 0; c < CHANNELS; c++) {
        for (size_t y = 0; y < SIDE; y++) {
            for (size_t x = 0; x < SIDE; x++) {
                if (image[(c * SIDE + y) * SIDE + x] !=
                    expected_at(sample, c, SIDE, crop, flip, y, x)) {
                    return false;
                }
            }
        }
    }
    return true;
}

START_TEST(without_a_square_the_image_is_only_normalised)
{
    const uint32_t index[] = {2, 2, 5};
    float images[3][CHANNELS][HEIGHT][WIDTH];
    uint16_t seen[3];
    skel_view view;

    make_samples();
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_NONE, 0, &view));
    ck_assert(view.side_h == HEIGHT && view.side_w == WIDTH);
    ck_assert_ok(skel_view_fill(&view, &samples, 3, index, 7, &images[0][0][0][0], seen));
    ck_assert(seen[0] == 7 && seen[1] == 7 && seen[2] == 4);
    for (size_t i = 0; i < 3; i++) {
        for (size_t c = 0; c < CHANNELS; c++) {
            for (size_t p = 0; p < (size_t)HEIGHT * WIDTH; p++) {
                float pixel = (&pixels[index[i]][c][0][0])[p];
                /* as torchvision computes it, in float: three roundings more than ours, of
                 * numbers below 4 */
                float expected = (pixel / 255.0F - info.mean[c]) / info.deviation[c];
                float difference = (&images[i][c][0][0])[p] - expected;

                ck_assert(difference < 2e-6F && difference > -2e-6F);
            }
        }
    }
}
END_TEST

START_TEST(a_square_centres_the_image_on_black_with_the_odd_line_below_and_right)
{
    const uint32_t index[] = {3};
    const size_t centre[2] = {PADDING, PADDING};
    float image[IMAGE];
    uint16_t label[1];
    skel_view view;

    make_samples();
    ck_assert_ok(skel_view_make(&info, SIDE, SKEL_AUGMENT_NONE, 0, &view));
    ck_assert_ok(skel_view_fill(&view, &samples, 1, index, 0, image, label));
    ck_assert(shows(image, 3, centre, false));
    /* 8 - 5 = 3 lines: one above, two below */
    ck_assert(image[2] == -0.5F && image[SIDE + 2] != -0.5F);
    ck_assert(image[5 * SIDE + 2] != -0.5F && image[6 * SIDE + 2] == -0.5F);
}
END_TEST

START_TEST(an_augmented_image_is_one_of_the_81_crops_and_2_flips)
{
    enum { EPOCHS = 3000, CHOICES = 81 * 2 };
    static float image[IMAGE];
    const uint32_t index[] = {1};
    size_t hits[CHOICES] = {0};
    uint16_t label[1];
    skel_view view;

    make_samples();
    ck_assert_ok(skel_view_make(&info, SIDE, SKEL_AUGMENT_STANDARD, 4, &view));
    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
        size_t matches = 0;

        ck_assert_ok(skel_view_fill(&view, &samples, 1, index, epoch, image, label));
        for (size_t i = 0; i < CHOICES; i++) {
            const size_t crop[2] = {i / 18, i / 2 % 9};

            if (shows(image, 1, crop, i % 2 == 1)) {
                hits[i]++;
                matches++;
            }
        }
        ck_assert_uint_eq(matches, 1);
    }
    for (size_t i = 0; i < CHOICES; i++) {
        /* expected 18.5, standard deviation 4.3; five of them */
        ck_assert(fabs((double)hits[i] - EPOCHS / 162.0) < 5 * sqrt(EPOCHS / 162.0));
    }
}
END_TEST

static bool same(const float one[], const float other[])
{
    for (size_t i = 0; i < IMAGE; i++) {
        if (one[i] != other[i]) {
            return false;
        }
    }
    return true;
}

START_TEST(augmentation_depends_on_seed_epoch_and_sample_alone)
{
    const uint32_t index[] = {0, 1, 2, 3, 4, 5, 0};
    const uint32_t one[] = {4};
    static float all[7][IMAGE];
    static float single[IMAGE];
    uint16_t seen[7];
    skel_view view;
    size_t differ = 0;

    make_samples();
    ck_assert_ok(skel_view_make(&info, SIDE, SKEL_AUGMENT_STANDARD, 4, &view));
    ck_assert_ok(skel_view_fill(&view, &samples, 7, index, 3, all[0], seen));
    ck_assert_ok(skel_view_fill(&view, &samples, 1, one, 3, single, seen));
    ck_assert(same(all[4], single));
    ck_assert(same(all[0], all[6]));
    for (uint32_t change = 0; change < 20; change++) {
        view.seed = 4 + change % 2;
        ck_assert_ok(skel_view_fill(&view, &samples, 1, one, 3 + change / 2, single, seen));
        differ += !same(all[4], single);
    }
    ck_assert_uint_ge(differ, 17);
    ck_assert_uint_le(differ, 19);
}
END_TEST

START_TEST(an_image_larger_than_the_square_is_refused)
{
    skel_view view;

    ck_assert_int_eq(skel_view_make(&info, HEIGHT - 1, SKEL_AUGMENT_NONE, 0, &view),
                     SKEL_ERR_CONFIG);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "5 x 4, do not fit in pad-to 4"));
    ck_assert_ok(skel_view_make(&info, HEIGHT, SKEL_AUGMENT_NONE, 0, &view));
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, without_a_square_the_image_is_only_normalised);
    tcase_add_test(tcase, a_square_centres_the_image_on_black_with_the_odd_line_below_and_right);
    tcase_add_test(tcase, an_augmented_image_is_one_of_the_81_crops_and_2_flips);
    tcase_add_test(tcase, augmentation_depends_on_seed_epoch_and_sample_alone);
    tcase_add_test(tcase, an_image_larger_than_the_square_is_refused);
}

int main(void)
{
    return skel_suite_run("view", fill);
}
