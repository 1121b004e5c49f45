/* Writers: what is written arrives, or closing says why not. */
#include "scratch.h"
#include "suite.h"

#include "skel/writer.h"

enum { LARGE = 1 << 20 };

START_TEST(what_is_written_replaces_the_file)
{
    skel_writer writer = {0};
    char text[16] = "";
    FILE *file = NULL;

    skel_scratch_make();
    ck_assert_ok(skel_writer_close(&writer, SKEL_OK)); /* none */
    for (int i = 0; i < 2; i++) {
        ck_assert_ok(skel_writer_open(skel_scratch_folder(), "a", &writer));
        ck_assert_str_eq(writer.path, skel_scratch_file("a", ""));
        (void)fprintf(writer.file, i == 0 ? "longer text" : "text");
        ck_assert_ok(skel_writer_close(&writer, SKEL_OK));
        ck_assert_ptr_null(writer.file);
    }
    file = fopen(skel_scratch_file("a", ""), "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(text, 1, sizeof text - 1, file), 4);
    (void)fclose(file);
    ck_assert_str_eq(text, "text");
    skel_scratch_remove();
}
END_TEST

/* A large block goes past the stream's buffer: fclose() then has nothing left to write. */
START_TEST(a_write_that_failed_before_the_end_is_told)
{
    static char block[LARGE];
    static const size_t sizes[] = {1, LARGE};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        skel_writer writer = {0};

        ck_assert_ok(skel_writer_open(NULL, "/dev/full", &writer));
        (void)!fwrite(block, 1, sizes[i], writer.file);
        ck_assert_int_eq(skel_writer_close(&writer, SKEL_OK), SKEL_ERR_STORAGE);
        ck_assert_str_eq(skel_error_message(), "/dev/full: write: No space left on device");
        skel_error_clear();
    }
}
END_TEST

START_TEST(an_earlier_error_counts)
{
    skel_writer writer = {0};

    ck_assert_ok(skel_writer_open(NULL, "/dev/full", &writer));
    (void)fputc('x', writer.file);
    ck_assert_int_eq(skel_writer_close(&writer, SKEL_FAIL(SKEL_ERR_DATA, "first")), SKEL_ERR_DATA);
    ck_assert_str_eq(skel_error_message(), "first");
    skel_error_clear();
    ck_assert_int_eq(skel_writer_open("/nowhere", "a", &writer), SKEL_ERR_IO);
    ck_assert_str_eq(skel_error_message(), "/nowhere/a: open: No such file or directory");
    ck_assert_int_eq(skel_writer_close(&writer, SKEL_ERR_IO), SKEL_ERR_IO);
    skel_error_clear();
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_is_written_replaces_the_file);
    tcase_add_test(tcase, a_write_that_failed_before_the_end_is_told);
    tcase_add_test(tcase, an_earlier_error_counts);
}

int main(void)
{
    return skel_suite_run("writer", fill);
}
