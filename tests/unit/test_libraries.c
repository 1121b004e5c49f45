/* Every library says which one it is. */
#include "suite.h"

#include "skel/libraries.h"
#include "skel/version.h"

#include <string.h>

START_TEST(every_library_is_named_with_its_version)
{
    static const char *const names[] = {"MPI",     "HDF5 1.",   "oneDNN ",        "libyaml 0.",
                                        "zlib 1.", "libpng 1.", "libjpeg-turbo ", "xxHash 0.",
                                        "cJSON 1."};
    char text[SKEL_LIBRARIES_TEXT];

    skel_libraries_text(text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ck_assert_msg(strstr(text, names[i]) != NULL, "%s is not in: %s", names[i], text);
    }
    ck_assert_msg(strpbrk(text, "\n\t") == NULL, "not one line: %s", text);
    ck_assert_uint_gt(strlen(skel_version()), 0);
    ck_assert_uint_gt(strlen(skel_revision()), 0);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, every_library_is_named_with_its_version);
}

int main(void)
{
    return skel_suite_run("libraries", fill);
}
