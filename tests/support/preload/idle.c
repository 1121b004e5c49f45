/* Ranks that wait for others sleep: preloaded into the tests on ranks, which are more than the
 * processors.
 *
 * Open MPI's waiting loops call sched_yield(). A rank that yields again and again takes a processor
 * as often as one that computes, and the rank that all wait for gets its share alone: with other
 * tests beside, it waited most of the time. A rank that sleeps leaves the processor, and gets one
 * soon when it wakes. mpi/test_idle.sh asks whether this one is called. */
#include <sched.h>
#include <time.h>

/* The project hides its symbols; the loader must find this one. */
__attribute__((visibility("default"))) int sched_yield(void)
{
    const struct timespec moment = {.tv_nsec = 50000};

    (void)nanosleep(&moment, NULL);
    return 0;
}
