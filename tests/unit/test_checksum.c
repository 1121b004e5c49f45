/* Checksums of blocks that come in pieces. */
#include "suite.h"

#include "skel/checksum.h"
#include "skel/random.h"

enum { BYTES = 1 << 20 };

static unsigned char block[BYTES];

/* XXH3-128 of `bytes` bytes of the block, added in pieces of random lengths, some of them 0. */
static void add_up(size_t bytes, uint32_t longest, char out[SKEL_CHECKSUM_TEXT])
{
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, longest, 0);
    skel_checksum *checksum = NULL;
    size_t done = 0;

    ck_assert_ok(skel_checksum_begin(&checksum));
    while (done < bytes) {
        size_t piece = skel_stream_below(&stream, longest + 1);

        piece = piece < bytes - done ? piece : bytes - done;
        skel_checksum_add(checksum, piece, block + done);
        done += piece;
    }
    skel_checksum_end(&checksum, out);
    ck_assert_ptr_null(checksum);
}

START_TEST(pieces_have_the_checksum_of_the_whole)
{
    static const size_t sizes[] = {0, 1, 3, 16, 128, 240, 241, 1024, 65537, BYTES};
    static const uint32_t longest[] = {1, 7, 64, 100000};
    skel_stream stream = skel_stream_open(1, SKEL_PURPOSE_TEST, 0, 0);

    for (size_t i = 0; i < BYTES; i++) {
        block[i] = (unsigned char)skel_stream_bits(&stream);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char whole[SKEL_CHECKSUM_TEXT];

        skel_checksum_xxh3(sizes[i], block, whole);
        for (size_t k = 0; k < sizeof longest / sizeof *longest; k++) {
            char pieces[SKEL_CHECKSUM_TEXT];

            add_up(sizes[i], longest[k], pieces);
            ck_assert_str_eq(pieces, whole);
        }
    }
}
END_TEST

/* As xxhsum -H2 of an empty file says. */
START_TEST(nothing_has_the_published_checksum)
{
    char text[SKEL_CHECKSUM_TEXT] = "";
    skel_checksum *none = NULL;

    skel_checksum_end(&none, text);
    ck_assert_str_eq(text, "");
    add_up(0, 1, text);
    ck_assert_str_eq(text, "99aa06d3014798d86001c324468d497f");
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, pieces_have_the_checksum_of_the_whole);
    tcase_add_test(tcase, nothing_has_the_published_checksum);
}

int main(void)
{
    return skel_suite_run("checksum", fill);
}
