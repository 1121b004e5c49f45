/* Decoded and resized images against PIL's, which make_pictures.py has made from the same files. */
#include "suite.h"

#include "skel/input.h"
#include "skel/jpeg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES = 1 << 17, LINE = 160, PIXELS = 1 << 16, ORIENTATIONS = 8 };

/* One case: a line of the fixture, and the pixels behind it. */
typedef struct picture_case {
    char file[64];
    char what[64];
    size_t channels;
    size_t height;
    size_t width;
    uint8_t expected[PIXELS];
    uint8_t found[PIXELS];
    size_t bytes;
    uint8_t data[FILE_BYTES];
} picture_case;

static size_t read_file(const char *name, uint8_t data[FILE_BYTES])
{
    char path[512];
    FILE *in = NULL;
    size_t bytes = 0;

    (void)snprintf(path, sizeof path, "%s/reference/pictures/%s", SKEL_TEST_SOURCE_DIR, name);
    ck_assert_ok(skel_input_stream(path, &in));
    bytes = fread(data, 1, FILE_BYTES, in);
    ck_assert(bytes < FILE_BYTES);
    (void)fclose(in);
    return bytes;
}

static bool next_case(FILE *in, picture_case *it)
{
    char line[LINE];

    if (fgets(line, sizeof line, in) == NULL) {
        return false;
    }
    ck_assert_int_eq(sscanf(line, "%63s %63s %zu %zu %zu", it->file, it->what, &it->channels,
                            &it->height, &it->width),
                     5);
    ck_assert_uint_le(it->channels * it->height * it->width, PIXELS);
    ck_assert_uint_eq(fread(it->expected, 1, it->channels * it->height * it->width, in),
                      it->channels * it->height * it->width);
    it->bytes = read_file(it->file, it->data);
    return true;
}

static void decode(skel_jpeg *jpeg, const picture_case *it, size_t channels, skel_picture *out)
{
    bool has_alpha = false;

    if (skel_jpeg_is(it->bytes, it->data)) {
        ck_assert_ok(skel_jpeg_decode(jpeg, it->bytes, it->data, channels, out));
    } else {
        ck_assert_ok(skel_picture_decode_png(it->bytes, it->data, out, &has_alpha));
        ck_assert_ok(skel_picture_convert(out, channels));
    }
}

static skel_resizer_plan plan_of(const picture_case *it, const skel_picture *picture)
{
    size_t n[6] = {0};

    if (sscanf(it->what, "centre-%zu-%zu", &n[0], &n[1]) == 2) {
        return skel_resizer_plan_centre(picture->height, picture->width, n[0], n[0], n[1], n[1]);
    }
    ck_assert_int_eq(sscanf(it->what, "window-%zu-%zu-%zu-%zu-%zu-%zu", &n[0], &n[1], &n[2], &n[3],
                            &n[4], &n[5]),
                     6);
    return skel_resizer_plan_window(n[0], n[1], n[2], n[3], n[4], n[5]);
}

/* Computes a case, and again by the function that decodes a window alone if the file is a JPEG. */
static void compute(skel_jpeg *jpeg, skel_resizer *resizer, picture_case *it)
{
    static uint8_t again[PIXELS];
    skel_picture picture = {0};
    skel_resizer_plan plan;

    decode(jpeg, it, it->channels, &picture);
    if (strcmp(it->what, "decode") == 0) {
        ck_assert_uint_eq(picture.height, it->height);
        ck_assert_uint_eq(picture.width, it->width);
        skel_picture_planes(&picture, it->found);
        skel_picture_clear(&picture);
        return;
    }
    plan = plan_of(it, &picture);
    ck_assert_uint_eq(plan.part_height, it->height);
    ck_assert_uint_eq(plan.part_width, it->width);
    ck_assert_ok(skel_resizer_apply(resizer, &picture, &plan, false, it->found));
    if (skel_jpeg_is(it->bytes, it->data)) {
        const skel_jpeg_file file = {it->bytes, it->data, picture.height, picture.width};

        ck_assert_ok(skel_jpeg_window(jpeg, &file, it->channels, &plan, false, false, again));
        ck_assert_mem_eq(again, it->found, it->channels * it->height * it->width);
    }
    skel_picture_clear(&picture);
}

/* PIL rounds 16 bits down and has no other rule for them; the fixture's 16 bits are whole. */
START_TEST(images_are_those_of_pil_to_the_bit)
{
    static picture_case it;
    char path[512];
    FILE *in = NULL;
    skel_jpeg *jpeg = NULL;
    skel_resizer *resizer = NULL;
    size_t cases = 0;

    (void)snprintf(path, sizeof path, "%s/reference/pictures/expected.bin", SKEL_TEST_SOURCE_DIR);
    ck_assert_ok(skel_input_stream(path, &in));
    ck_assert_ok(skel_jpeg_create(&jpeg));
    ck_assert_ok(skel_resizer_create(&resizer));
    while (next_case(in, &it)) {
        size_t count = it.channels * it.height * it.width;

        compute(jpeg, resizer, &it);
        for (size_t i = 0; i < count; i++) {
            ck_assert_msg(it.found[i] == it.expected[i], "%s %s: value %zu is %d, PIL has %d",
                          it.file, it.what, i, it.found[i], it.expected[i]);
        }
        cases++;
    }
    ck_assert_uint_eq(cases, 44);
    (void)fclose(in);
    skel_resizer_destroy(&resizer);
    skel_jpeg_destroy(&jpeg);
}
END_TEST

/* Half, quarter and eighth sizes change the pixels a little: means of 4 or more are wanted. */
START_TEST(a_window_of_a_smaller_decoding_is_near_and_flips)
{
    enum { SIDE = 32, COUNT = 3 * SIDE * SIDE };
    static uint8_t data[FILE_BYTES];
    static uint8_t exact[COUNT];
    static uint8_t scaled[COUNT];
    static uint8_t flipped[COUNT];
    size_t bytes = read_file("large.jpg", data);
    const skel_jpeg_file file = {bytes, data, 150, 200};
    skel_resizer_plan plan = skel_resizer_plan_window(3, 9, 144, 132, SIDE, SIDE);
    skel_jpeg *jpeg = NULL;
    double sum = 0;

    ck_assert_ok(skel_jpeg_create(&jpeg));
    ck_assert_ok(skel_jpeg_window(jpeg, &file, 3, &plan, false, false, exact));
    ck_assert_ok(skel_jpeg_window(jpeg, &file, 3, &plan, true, false, scaled));
    ck_assert_ok(skel_jpeg_window(jpeg, &file, 3, &plan, true, true, flipped));
    ck_assert(memcmp(exact, scaled, COUNT) != 0);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(flipped[i / SIDE * SIDE + SIDE - 1 - i % SIDE], scaled[i]);
        sum += abs(exact[i] - scaled[i]);
    }
    ck_assert_msg(sum / COUNT < 6, "mean difference of %g levels", sum / COUNT);
    skel_jpeg_destroy(&jpeg);
}
END_TEST

START_TEST(exif_orientation_is_read_and_obeyed)
{
    static uint8_t data[FILE_BYTES];
    static const uint8_t pixels[6] = {0, 1, 2, 3, 4, 5}; /* 0 1 2 above 3 4 5 */
    static const uint8_t turned[ORIENTATIONS + 1][6] = {
        {0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5}, {2, 1, 0, 5, 4, 3},
        {5, 4, 3, 2, 1, 0}, {3, 4, 5, 0, 1, 2}, {0, 3, 1, 4, 2, 5},
        {3, 0, 4, 1, 5, 2}, {5, 2, 4, 1, 3, 0}, {2, 5, 1, 4, 0, 3}};
    size_t bytes = read_file("turned.jpg", data);
    skel_jpeg *jpeg = NULL;
    skel_jpeg_facts facts;

    ck_assert_ok(skel_jpeg_create(&jpeg));
    ck_assert_ok(skel_jpeg_look(jpeg, bytes, data, &facts));
    ck_assert_int_eq(facts.orientation, 6);
    ck_assert_uint_eq(facts.components, 3);
    ck_assert_uint_eq(facts.height, 37);
    ck_assert_uint_eq(facts.width, 53);
    bytes = read_file("colour.jpg", data);
    ck_assert_ok(skel_jpeg_look(jpeg, bytes, data, &facts));
    ck_assert_int_eq(facts.orientation, 1);
    for (int o = 0; o <= ORIENTATIONS; o++) {
        skel_picture picture = {0};

        ck_assert_ok(skel_picture_shape(&picture, 2, 3, 1));
        memcpy(picture.pixels, pixels, sizeof pixels);
        ck_assert_ok(skel_picture_turn(&picture, o));
        ck_assert_uint_eq(picture.height, o >= 5 ? 3 : 2);
        ck_assert_mem_eq(picture.pixels, turned[o], sizeof pixels);
        skel_picture_clear(&picture);
    }
    skel_jpeg_destroy(&jpeg);
}
END_TEST

START_TEST(a_written_jpeg_has_nearly_the_pixels)
{
    static uint8_t data[FILE_BYTES];
    size_t bytes = read_file("full.jpg", data);
    size_t written = 0;
    const uint8_t *file = NULL;
    skel_picture first = {0};
    skel_picture second = {0};
    skel_jpeg *jpeg = NULL;

    ck_assert_ok(skel_jpeg_create(&jpeg));
    for (size_t channels = 1; channels <= 3; channels += 2) {
        double sum = 0;

        ck_assert_ok(skel_jpeg_decode(jpeg, bytes, data, channels, &first));
        ck_assert_ok(skel_jpeg_write(jpeg, &first, &written, &file));
        memcpy(data + bytes, file, written);
        ck_assert_ok(skel_jpeg_decode(jpeg, written, data + bytes, 0, &second));
        ck_assert_uint_eq(second.channels, channels);
        ck_assert_uint_eq(second.height, first.height);
        ck_assert_ok(skel_picture_convert(&first, 1)); /* colours are kept at half the resolution */
        ck_assert_ok(skel_picture_convert(&second, 1));
        for (size_t i = 0; i < first.height * first.width; i++) {
            sum += abs(first.pixels[i] - second.pixels[i]);
        }
        sum /= (double)(first.height * first.width);
        ck_assert_msg(sum < 3, "%zu channels: mean difference of %g levels", channels, sum);
    }
    skel_picture_clear(&first);
    skel_picture_clear(&second);
    skel_jpeg_destroy(&jpeg);
}
END_TEST

/* A file cut at each of many places, and one with a changed byte in its head, is an error. */
START_TEST(truncated_files_are_damaged)
{
    static const char *const names[] = {"colour.jpg", "progressive.jpg", "cmyk.jpg", "colour.png",
                                        "palette.png"};
    static uint8_t data[FILE_BYTES];
    skel_picture picture = {0};
    bool has_alpha = false;
    skel_jpeg *jpeg = NULL;

    ck_assert_ok(skel_jpeg_create(&jpeg));
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        size_t bytes = read_file(names[n], data);

        for (size_t cut = 0; cut < bytes - 16; cut += 1 + bytes / 40) {
            skel_status status = strstr(names[n], ".jpg") != NULL
                                     ? skel_jpeg_decode(jpeg, cut, data, 3, &picture)
                                     : skel_picture_decode_png(cut, data, &picture, &has_alpha);

            ck_assert_msg(status == SKEL_ERR_DATA, "%s cut to %zu bytes", names[n], cut);
            skel_error_clear();
        }
    }
    skel_picture_clear(&picture);
    skel_jpeg_destroy(&jpeg);
}
END_TEST

START_TEST(an_animation_and_a_window_outside_are_refused)
{
    static const uint8_t chunk[20] = {0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, 3};
    static uint8_t data[FILE_BYTES];
    static uint8_t out[3 * 8 * 8];
    size_t bytes = read_file("colour.png", data);
    skel_resizer_plan plan = skel_resizer_plan_window(100, 0, 51, 10, 8, 8);
    skel_picture picture = {0};
    bool has_alpha = false;
    skel_jpeg *jpeg = NULL;

    memmove(data + 33 + sizeof chunk, data + 33, bytes - 33);
    memcpy(data + 33, chunk, sizeof chunk);
    ck_assert_int_eq(skel_picture_decode_png(bytes + sizeof chunk, data, &picture, &has_alpha),
                     SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "animated PNG of 3 pictures"));
    ck_assert_ok(skel_jpeg_create(&jpeg));
    bytes = read_file("large.jpg", data);
    ck_assert_int_eq(skel_jpeg_window(jpeg, &(skel_jpeg_file){bytes, data, 150, 200}, 3, &plan,
                                      true, false, out),
                     SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "150x200 pixels does not have the window"));
    ck_assert_int_eq(skel_jpeg_window(jpeg, &(skel_jpeg_file){bytes, data, 200, 150}, 3, &plan,
                                      true, false, out),
                     SKEL_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(skel_error_message(), "150x200 pixels, expected 200x150"));
    skel_picture_clear(&picture);
    skel_jpeg_destroy(&jpeg);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, images_are_those_of_pil_to_the_bit);
    tcase_add_test(tcase, a_window_of_a_smaller_decoding_is_near_and_flips);
    tcase_add_test(tcase, exif_orientation_is_read_and_obeyed);
    tcase_add_test(tcase, a_written_jpeg_has_nearly_the_pixels);
    tcase_add_test(tcase, truncated_files_are_damaged);
    tcase_add_test(tcase, an_animation_and_a_window_outside_are_refused);
}

int main(void)
{
    return skel_suite_run("pictures", fill);
}
