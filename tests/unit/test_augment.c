/* Augmentations beside the standard one, against closed forms; loading ahead against loading now.
 */
#include "suite.h"

#include "skel/loader.h"
#include "skel/memory.h"
#include "skel/random.h"
#include "skel/view.h"

#include <math.h>
#include <string.h>

enum { HEIGHT = 12, WIDTH = 8, CHANNELS = 2, SAMPLES = 40, IMAGE = CHANNELS * HEIGHT * WIDTH };

static const float zeros[CHANNELS] = {0};
static const float ones[CHANNELS] = {1, 1};
static const skel_dataset_info info = {
    .title = "test images",
    .channels = CHANNELS,
    .height = HEIGHT,
    .width = WIDTH,
    .classes = 10,
    .mean = zeros,
    .deviation = ones,
};

static uint8_t bytes[SAMPLES][CHANNELS][HEIGHT][WIDTH];
static float reals[SAMPLES][CHANNELS][HEIGHT][WIDTH];
static uint16_t labels[SAMPLES];

/* Bytes above 0, so that padding and holes are seen; floats are a ramp over rows and columns. */
static void make_samples(void)
{
    skel_stream stream = skel_stream_open(0, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = (uint16_t)(1000 + i);
        for (size_t c = 0; c < CHANNELS; c++) {
            for (size_t y = 0; y < HEIGHT; y++) {
                for (size_t x = 0; x < WIDTH; x++) {
                    bytes[i][c][y][x] = (uint8_t)(1 + skel_stream_below(&stream, 255));
                    reals[i][c][y][x] = (float)(3.0 * (double)y + (double)x + 100.0 * (double)c);
                }
            }
        }
    }
}

static skel_samples of_bytes(void)
{
    return (skel_samples){.count = SAMPLES, .images = &bytes[0][0][0][0], .labels = labels};
}

static skel_samples of_reals(void)
{
    return (skel_samples){.count = SAMPLES,
                          .images = (const uint8_t *)&reals[0][0][0][0],
                          .labels = labels,
                          .pixels = SKEL_PIXELS_FLOATS};
}

static void fill(const skel_view *view, const skel_samples *samples, uint32_t sample,
                 uint32_t epoch, float image[])
{
    uint16_t label = 0;

    ck_assert_ok(skel_view_fill(view, samples, 1, &sample, epoch, image, &label));
    ck_assert_uint_eq(label, 1000 + sample);
}

START_TEST(crop_flip_with_a_padding_of_4_is_standard)
{
    const skel_samples samples = of_bytes();
    skel_view standard;
    skel_view cropped;
    float a[IMAGE];
    float b[IMAGE];

    make_samples();
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_STANDARD, 5, &standard));
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_CROP_FLIP, 5, &cropped));
    for (uint32_t i = 0; i < SAMPLES; i++) {
        fill(&standard, &samples, i, 3, a);
        fill(&cropped, &samples, i, 3, b);
        ck_assert_mem_eq(a, b, sizeof a);
    }
}
END_TEST

/* Without padding an image is itself or its mirror image, each about every second time. */
START_TEST(without_padding_an_image_is_itself_or_mirrored)
{
    const skel_samples samples = of_bytes();
    skel_view view;
    float image[IMAGE];
    size_t mirrored = 0;

    make_samples();
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_CROP_FLIP, 5, &view));
    view.augment.padding = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        bool flip = false;

        fill(&view, &samples, i, 0, image);
        flip = image[0] != (float)(bytes[i][0][0][0] / 255.0) ||
               image[1] != (float)(bytes[i][0][0][1] / 255.0);
        mirrored += flip;
        for (size_t p = 0; p < IMAGE; p++) {
            size_t x = p % WIDTH;
            uint8_t pixel = (&bytes[i][0][0][0])[p - x + (flip ? WIDTH - 1 - x : x)];

            ck_assert(image[p] == (float)(pixel / 255.0));
        }
    }
    ck_assert(mirrored > SAMPLES / 4 && mirrored < SAMPLES * 3 / 4);
}
END_TEST

/* The hole is a rectangle, the same in all channels, of the asked size where nothing is cut off. */
START_TEST(cutout_makes_one_square_of_zeros)
{
    const skel_samples samples = of_bytes();
    size_t whole = 0;
    skel_view view;
    float image[IMAGE];

    make_samples();
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_CUTOUT, 5, &view));
    view.augment.padding = 0;
    view.augment.hole = 4;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        size_t top = HEIGHT;
        size_t end = 0;
        size_t left = WIDTH;
        size_t right = 0;
        size_t holes = 0;

        fill(&view, &samples, i, 1, image);
        for (size_t y = 0; y < HEIGHT; y++) {
            for (size_t x = 0; x < WIDTH; x++) {
                bool hole = image[y * WIDTH + x] == 0;

                ck_assert(hole == (image[(HEIGHT + y) * WIDTH + x] == 0));
                holes += hole;
                top = hole && y < top ? y : top;
                end = hole && y >= end ? y + 1 : end;
                left = hole && x < left ? x : left;
                right = hole && x >= right ? x + 1 : right;
            }
        }
        ck_assert_uint_eq(holes, (end - top) * (right - left));
        ck_assert(holes >= 4 && end - top <= 4 && right - left <= 4);
        whole += holes == 16;
    }
    ck_assert(whole > 0);
}
END_TEST

/* A linear ramp stays linear in a window: differences between neighbours are the window's size over
 * the image's, away from the borders, where there is nothing beyond to interpolate with. */
START_TEST(a_random_window_of_a_ramp_is_a_ramp_within_the_limits)
{
    const skel_samples samples = of_reals();
    skel_view view;
    float image[IMAGE];
    double least = 2;
    double most = 0;

    make_samples();
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_RANDOM_RESIZED_CROP, 7, &view));
    view.augment.scale[0] = 0.25;
    for (uint32_t epoch = 0; epoch < SAMPLES; epoch++) {
        double down = 0;
        double across = 0;
        double area = 0;
        double ratio = 0;

        fill(&view, &samples, 3, epoch, image);
        down = (double)(image[6 * WIDTH + 4] - image[5 * WIDTH + 4]) / 3;
        across = fabs((double)(image[5 * WIDTH + 5] - image[5 * WIDTH + 4]));
        for (size_t y = 4; y < 8; y++) {
            for (size_t x = 3; x < 5; x++) {
                double expected =
                    (double)image[5 * WIDTH + 4] + 3 * down * ((double)y - 5) +
                    (double)(image[5 * WIDTH + 5] - image[5 * WIDTH + 4]) * ((double)x - 4);

                ck_assert(fabs((double)image[y * WIDTH + x] - expected) < 1e-4);
            }
        }
        area = down * across;
        ratio = across * WIDTH / (down * HEIGHT);
        /* rows and columns are rounded to whole ones: half a pixel of at least 4 */
        ck_assert(area > 0.25 * 0.75 && area < 1.0001);
        ck_assert(ratio > 0.75 * 0.85 && ratio < 4.0 / 3 * 1.15);
        least = fmin(least, area);
        most = fmax(most, area);
    }
    ck_assert(least < 0.4 && most > 0.6);
}
END_TEST

START_TEST(a_window_of_an_even_image_is_even)
{
    skel_samples samples = of_bytes();
    skel_view view;
    float image[IMAGE];

    memset(bytes, 77, sizeof bytes);
    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = (uint16_t)(1000 + i);
    }
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_RANDOM_RESIZED_CROP, 7, &view));
    for (uint32_t i = 0; i < SAMPLES; i++) {
        fill(&view, &samples, i, i, image);
        for (size_t p = 0; p < IMAGE; p++) {
            ck_assert(image[p] == (float)(77 / 255.0));
        }
    }
}
END_TEST

/* Asked for ahead, asked for in vain, not asked for: the same images. */
START_TEST(loading_ahead_changes_no_value)
{
    const skel_samples samples = of_bytes();
    const uint32_t index[] = {4, 9, 1, 30, 7};
    skel_view view;
    skel_loader *loader = NULL;
    float now[3][IMAGE];
    float ahead[3][IMAGE];
    uint16_t seen[2][3];
    size_t before = 0;

    make_samples();
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_RANDOM_RESIZED_CROP, 7, &view));
    before = skel_memory_bytes();
    ck_assert_ok(skel_loader_create(3, IMAGE, &loader));
    ck_assert_uint_eq(skel_memory_bytes() - before, skel_loader_bytes(3, IMAGE));
    for (uint32_t i = 0; i < 30; i++) {
        const skel_loader_request request = {&view, &samples, 2 + i % 2, index + i % 3, i};
        const skel_loader_request other = {&view, &samples, 2, index + 1, i + 100};

        if (i % 5 > 0) {
            skel_loader_ahead(loader, i % 5 == 1 ? &other : &request);
        }
        ck_assert_ok(skel_loader_take(loader, &request, &ahead[0][0], seen[0]));
        ck_assert_ok(
            skel_view_fill(&view, &samples, request.count, request.index, i, &now[0][0], seen[1]));
        ck_assert_mem_eq(now, ahead, request.count * sizeof now[0]);
        ck_assert_mem_eq(seen[0], seen[1], request.count * sizeof seen[0][0]);
    }
    skel_loader_ahead(loader, &(skel_loader_request){&view, &samples, 3, index, 1});
    skel_loader_destroy(&loader);
}
END_TEST

START_TEST(an_error_of_the_thread_is_the_takers)
{
    static const uint32_t index[] = {0};
    skel_samples samples = of_reals();
    skel_view view;
    skel_loader *loader = NULL;
    const skel_loader_request request = {&view, &samples, 1, index, 0};
    float image[IMAGE];
    uint16_t label = 0;

    make_samples();
    reals[0][1][2][3] = (float)NAN;
    samples.path = "mine.h5";
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_NONE, 7, &view));
    ck_assert_ok(skel_loader_create(1, IMAGE, &loader));
    skel_loader_ahead(loader, &request);
    ck_assert_int_eq(skel_loader_take(loader, &request, image, &label), SKEL_ERR_DATA);
    ck_assert(strstr(skel_error_message(),
                     "mine.h5: image 0: channel 1 is nan at row 2, column 3") != NULL);
    skel_loader_destroy(&loader);
}
END_TEST

START_TEST(an_error_of_the_thread_leaves_that_of_the_others)
{
    static const uint32_t index[] = {0};
    skel_samples samples = of_reals();
    skel_view view;
    skel_loader *loader = NULL;
    const skel_loader_request request = {&view, &samples, 1, index, 0};

    make_samples();
    reals[0][1][2][3] = (float)NAN;
    ck_assert_ok(skel_view_make(&info, 0, SKEL_AUGMENT_NONE, 7, &view));
    ck_assert_ok(skel_loader_create(1, IMAGE, &loader));
    ck_assert_int_eq(SKEL_FAIL(SKEL_ERR_IO, "of the main thread"), SKEL_ERR_IO);
    skel_loader_ahead(loader, &request);
    skel_loader_ahead(loader, &request); /* waits for the end of the first one */
    ck_assert_str_eq(skel_error_message(), "of the main thread");
    skel_loader_destroy(&loader);
    skel_error_clear();
}
END_TEST

static void list(TCase *tcase)
{
    tcase_add_test(tcase, crop_flip_with_a_padding_of_4_is_standard);
    tcase_add_test(tcase, without_padding_an_image_is_itself_or_mirrored);
    tcase_add_test(tcase, cutout_makes_one_square_of_zeros);
    tcase_add_test(tcase, a_random_window_of_a_ramp_is_a_ramp_within_the_limits);
    tcase_add_test(tcase, a_window_of_an_even_image_is_even);
    tcase_add_test(tcase, loading_ahead_changes_no_value);
    tcase_add_test(tcase, an_error_of_the_thread_is_the_takers);
    tcase_add_test(tcase, an_error_of_the_thread_leaves_that_of_the_others);
}

int main(void)
{
    return skel_suite_run("augment", list);
}
