/* The sparse engine's layout of activations: images in, images out, and the ring around them. */
#include "sparse_kernels.h"
#include "suite.h"

#include "skel/memory.h"

/* channels, height, width, ring, images: one pixel, odd sides, several blocks, part of a block */
static const size_t shapes[][5] = {
    {1, 1, 1, 0, 1}, {3, 5, 7, 1, 16}, {2, 3, 1, 2, 37}, {4, 2, 9, 1, 5}, {3, 9, 13, 1, 4}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* A shape with its images, numbered from 1 on, and its blocks, filled with a value that is none. */
typedef struct arrays {
    skel_sparse_planes planes;
    size_t count;
    size_t pixels;
    size_t floats;
    float *images;
    float *blocks;
} arrays;

static arrays make_arrays(const size_t shape[5])
{
    arrays a = {.planes =
                    skel_sparse_planes_make(kernels->lanes, shape[0], shape[1], shape[2], shape[3]),
                .count = shape[4],
                .pixels = shape[0] * shape[1] * shape[2]};

    a.floats =
        skel_sparse_blocks_of(kernels->lanes, a.count) * skel_sparse_planes_floats(&a.planes);
    ck_assert_ok(SKEL_ALLOC(a.count * a.pixels, sizeof(float), &a.images));
    ck_assert_ok(SKEL_ALLOC(a.floats, sizeof(float), &a.blocks));
    for (size_t i = 0; i < a.count * a.pixels; i++) {
        a.images[i] = (float)i + 1;
    }
    for (size_t i = 0; i < a.floats; i++) {
        a.blocks[i] = -1;
    }
    return a;
}

static void free_arrays(arrays *a)
{
    SKEL_FREE(&a->images);
    SKEL_FREE(&a->blocks);
}

START_TEST(each_image_has_a_lane_and_lanes_without_an_image_are_0)
{
    arrays a = make_arrays(shapes[choose_kernels(_i)]);
    const skel_sparse_planes *planes = &a.planes;

    skel_sparse_planes_fill(planes, a.count, a.images, a.blocks);
    for (size_t i = 0; i < skel_sparse_blocks_of(kernels->lanes, a.count) * kernels->lanes; i++) {
        for (size_t p = 0; p < a.pixels; p++) {
            size_t c = p / planes->width / planes->height;
            size_t y = p / planes->width % planes->height;
            size_t at = i / kernels->lanes * skel_sparse_planes_floats(planes) +
                        skel_sparse_planes_origin(planes, c) + y * planes->row +
                        p % planes->width * kernels->lanes + i % kernels->lanes;

            ck_assert(a.blocks[at] == (i < a.count ? a.images[i * a.pixels + p] : 0.0F));
        }
    }
    free_arrays(&a);
}
END_TEST

START_TEST(images_come_back_as_they_were)
{
    arrays a = make_arrays(shapes[choose_kernels(_i)]);

    skel_sparse_planes_fill(&a.planes, a.count, a.images, a.blocks);
    for (size_t i = 0; i < a.count * a.pixels; i++) {
        a.images[i] = 0;
    }
    skel_sparse_planes_empty(&a.planes, a.count, a.blocks, a.images);
    for (size_t i = 0; i < a.count * a.pixels; i++) {
        ck_assert(a.images[i] == (float)i + 1);
    }
    free_arrays(&a);
}
END_TEST

START_TEST(clearing_the_ring_clears_all_of_it_and_nothing_else)
{
    arrays a = make_arrays(shapes[choose_kernels(_i)]);
    const skel_sparse_planes *planes = &a.planes;

    skel_sparse_planes_clear_ring(planes, a.blocks);
    for (size_t i = 0; i < skel_sparse_planes_floats(planes); i++) {
        size_t y = i % planes->plane / planes->row;
        size_t x = i % planes->plane % planes->row / kernels->lanes;
        bool inside = y >= planes->ring && y < planes->ring + planes->height && x >= planes->ring &&
                      x < planes->ring + planes->width;

        bool between = y >= planes->height + 2 * planes->ring; /* two planes: nobody reads it */

        ck_assert(a.blocks[i] == (inside || between ? -1.0F : 0.0F));
    }
    free_arrays(&a);
}
END_TEST

static void fill(TCase *tcase)
{
    add_kernel_test(tcase, each_image_has_a_lane_and_lanes_without_an_image_are_0, SHAPES);
    add_kernel_test(tcase, images_come_back_as_they_were, SHAPES);
    add_kernel_test(tcase, clearing_the_ring_clears_all_of_it_and_nothing_else, SHAPES);
}

int main(void)
{
    return skel_suite_run("sparse_planes", fill);
}
