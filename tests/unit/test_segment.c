/* Segments of shared memory, also where the system interrupts or refuses what they need. */
#include "suite.h"

#include "comm/segment.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BYTES = 1 << 16 };

static int error; /* that the next reservations end with */
static int times;

/* Takes the place of the system's function. */
int posix_fallocate(int file, off_t offset, off_t bytes)
{
    int (*next)(int, off_t, off_t) = NULL;

    if (times > 0) {
        times--;
        return error;
    }
    *(void **)&next = dlsym(RTLD_NEXT, "posix_fallocate");
    return next(file, offset, bytes);
}

static const char *name_of(void)
{
    static char name[64];

    (void)snprintf(name, sizeof name, "/skel-test-%ld", (long)getpid());
    return name;
}

START_TEST(what_one_writes_another_reads)
{
    void *mine = NULL;
    void *other = NULL;

    ck_assert_int_eq(skel_segment_make(name_of(), BYTES, &mine), 0);
    ck_assert_int_eq(skel_segment_map(name_of(), BYTES, &other), 0);
    ck_assert(shm_unlink(name_of()) == 0);
    ck_assert(*(char *)mine == 0);
    memset(mine, 7, BYTES);
    ck_assert(memcmp(mine, other, BYTES) == 0);
    ck_assert(munmap(mine, BYTES) == 0 && munmap(other, BYTES) == 0);
}
END_TEST

START_TEST(a_reservation_that_a_signal_interrupts_is_made_again)
{
    void *memory = NULL;

    error = EINTR;
    times = 3;
    ck_assert_int_eq(skel_segment_make(name_of(), BYTES, &memory), 0);
    ck_assert_int_eq(times, 0);
    ck_assert(shm_unlink(name_of()) == 0 && munmap(memory, BYTES) == 0);
}
END_TEST

START_TEST(where_there_is_no_room_no_segment_is_left)
{
    void *memory = NULL;

    error = ENOSPC;
    times = 1;
    ck_assert_int_eq(skel_segment_make(name_of(), BYTES, &memory), ENOSPC);
    ck_assert_ptr_null(memory);
    ck_assert_int_eq(skel_segment_map(name_of(), BYTES, &memory), ENOENT);
    ck_assert_ptr_null(memory);
}
END_TEST

static void fill(TCase *tcase)
{
    tcase_add_test(tcase, what_one_writes_another_reads);
    tcase_add_test(tcase, a_reservation_that_a_signal_interrupts_is_made_again);
    tcase_add_test(tcase, where_there_is_no_room_no_segment_is_left);
}

int main(void)
{
    return skel_suite_run("segment", fill);
}
