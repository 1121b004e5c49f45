/* Decoded images: shape, colours, orientation. PNG files are read in picture_png.c. */
#include "skel/picture.h"

#include "skel/memory.h"

#include <string.h>

enum { RGB = 3, CMYK = 4 };

skel_status skel_picture_shape(skel_picture *picture, size_t height, size_t width, size_t channels)
{
    size_t bytes = 0;
    skel_status status = SKEL_OK;

    SKEL_ASSERT(channels >= 1 && channels <= SKEL_PICTURE_CHANNELS);
    if (height == 0 || width == 0) {
        return SKEL_FAIL(SKEL_ERR_DATA, "an image of %zu x %zu pixels", height, width);
    }
    if (height > SKEL_PICTURE_PIXELS / width) {
        return SKEL_FAIL(SKEL_ERR_DATA, "an image of %zu x %zu pixels; at most %d pixels are read",
                         height, width, SKEL_PICTURE_PIXELS);
    }
    bytes = height * width * channels;
    if (bytes > picture->room || picture->pixels == NULL) {
        SKEL_FREE(&picture->pixels);
        picture->room = 0;
        SKEL_TRY(SKEL_ALLOC_RAW(bytes, 1, &picture->pixels));
        picture->room = bytes;
    }
    picture->height = height;
    picture->width = width;
    picture->channels = channels;
done:
    return status;
}

void skel_picture_clear(skel_picture *picture)
{
    SKEL_FREE(&picture->pixels);
    *picture = (skel_picture){0};
}

/* Forwards: a grey pixel never lies behind the colours that are still to be read. */
static void to_grey(skel_picture *picture)
{
    size_t count = picture->height * picture->width;

    for (size_t i = 0; i < count; i++) {
        const uint8_t *p = picture->pixels + RGB * i;

        picture->pixels[i] =
            (uint8_t)((19595U * p[0] + 38470U * p[1] + 7471U * p[2] + 0x8000U) >> 16);
    }
    picture->channels = 1;
}

static skel_status to_rgb(skel_picture *picture)
{
    skel_picture made = {0};
    skel_status status = skel_picture_shape(&made, picture->height, picture->width, RGB);

    if (status != SKEL_OK) {
        return status;
    }
    for (size_t i = 0; i < picture->height * picture->width; i++) {
        memset(made.pixels + RGB * i, picture->pixels[i], RGB);
    }
    skel_picture_clear(picture);
    *picture = made;
    return SKEL_OK;
}

skel_status skel_picture_convert(skel_picture *picture, size_t channels)
{
    SKEL_ASSERT(channels == 1 || channels == RGB);
    SKEL_ASSERT(picture->channels == 1 || picture->channels == RGB);
    if (channels == picture->channels) {
        return SKEL_OK;
    }
    if (channels == 1) {
        to_grey(picture);
        return SKEL_OK;
    }
    return to_rgb(picture);
}

/* a * b / 255, rounded, for a and b from 0 to 255. */
static unsigned product(unsigned a, unsigned b)
{
    unsigned p = a * b + 128;

    return ((p >> 8) + p) >> 8;
}

void skel_picture_from_cmyk(skel_picture *picture)
{
    size_t count = picture->height * picture->width;

    SKEL_ASSERT(picture->channels == CMYK);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *inks = picture->pixels + CMYK * i;
        unsigned key = inks[3]; /* inverted: 255 is no black */
        uint8_t colour[RGB];

        for (size_t c = 0; c < RGB; c++) {
            colour[c] = (uint8_t)(key - product(255U - inks[c], key));
        }
        memcpy(picture->pixels + RGB * i, colour, RGB);
    }
    picture->channels = RGB;
}

skel_status skel_picture_turn(skel_picture *picture, int orientation)
{
    /* of the picture as shown: whether its rows are the file's columns, and what is mirrored then
     */
    static const struct {
        bool swap;
        bool down; /* rows of the file from the last one */
        bool back; /* columns of the file from the last one */
    } turns[] = {{false, false, false}, {false, false, true}, {false, true, true},
                 {false, true, false},  {true, false, false}, {true, true, false},
                 {true, true, true},    {true, false, true}};
    const size_t h = picture->height;
    const size_t w = picture->width;
    skel_picture made = {0};
    size_t turn = (size_t)orientation - 1;
    skel_status status = SKEL_OK;

    if (orientation <= 1 || turn >= sizeof turns / sizeof turns[0]) {
        return SKEL_OK;
    }
    SKEL_TRY(skel_picture_shape(&made, turns[turn].swap ? w : h, turns[turn].swap ? h : w,
                                picture->channels));
    for (size_t y = 0; y < made.height; y++) {
        for (size_t x = 0; x < made.width; x++) {
            size_t row = turns[turn].swap ? x : y;
            size_t column = turns[turn].swap ? y : x;

            row = turns[turn].down ? h - 1 - row : row;
            column = turns[turn].back ? w - 1 - column : column;
            memcpy(made.pixels + (y * made.width + x) * made.channels,
                   picture->pixels + (row * w + column) * made.channels, made.channels);
        }
    }
    skel_picture_clear(picture);
    *picture = made;
done:
    return status;
}

void skel_picture_planes(const skel_picture *picture, uint8_t out[])
{
    const size_t count = picture->height * picture->width;

    for (size_t c = 0; c < picture->channels; c++) {
        for (size_t i = 0; i < count; i++) {
            out[c * count + i] = picture->pixels[i * picture->channels + c];
        }
    }
}
